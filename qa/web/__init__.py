"""The web chat. Gradio is imported in this package only."""
