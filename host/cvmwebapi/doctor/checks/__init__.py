"""One file a check, or a group that shares its facts. Each names its id and has ``look(around) → findings``."""
