"""``python -m index.training TEXT_FOLDER MODEL_FOLDER [--exclude FOLDER]``."""

import argparse
import logging
import sys
from dataclasses import asdict
from pathlib import Path

from corpus.errors import RapportsvarError
from index.training.pairs import Exclusion
from index.training.train import Settings, train


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m index.training", description="Train the Swedish encoder.")
    parser.add_argument("text", type=Path, help="folder of text, one sub-folder per source")
    parser.add_argument("out", type=Path, help="folder to write the model and training.log to")
    parser.add_argument("--exclude", type=Path, help="folder of benchmarks, whose text is not trained on")
    for name, value in asdict(Settings()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    arguments = vars(parser.parse_args())
    folder, out, excluded = (arguments.pop(name) for name in ("text", "out", "exclude"))
    out.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format="%(message)s",
        handlers=[logging.StreamHandler(), logging.FileHandler(out / "training.log", mode="w")],
    )
    try:
        train(folder, out, Settings(**arguments), Exclusion.read(excluded) if excluded else Exclusion())
    except RapportsvarError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
