"""The compiled engine: the routes on flat columns, by rules that Numba compiles and plain Python can run too."""
