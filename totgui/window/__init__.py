"""What the main window is put together from."""
