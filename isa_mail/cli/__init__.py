"""The command line: the only room that prints, prompts, colours and exits. One page per command."""
