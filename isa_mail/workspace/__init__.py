"""The workspace: where it is, what its settings say, what lies in its build folder."""
