"""The segmentation core of totgui: data, method, document, store, video files and formats. No Qt."""

PROJECT = "totgui"
__version__ = "0.1.0"
