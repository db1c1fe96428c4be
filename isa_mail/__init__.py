"""isa-mail: a newsletter from text files to delivered mail."""

__version__ = "0.1.0"
