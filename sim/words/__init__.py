"""Words for people, in both languages, and quantities as people write them. Imports nothing of ours."""
