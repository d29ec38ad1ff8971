"""HTTP and HTML: one folder per audience, named as its URLs begin."""
