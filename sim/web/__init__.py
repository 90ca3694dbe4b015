"""Pages for people who do not use a terminal: a planner's studies, and exercise rooms. Imported by `serve` alone."""
