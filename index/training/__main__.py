"""``python -m index.training TEXT_FOLDER MODEL_FOLDER``."""

from index.training.train import main

main()
