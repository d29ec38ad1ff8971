"""Other people's servers, beside which ours is measured: each in a virtual environment of its own."""
