"""The whole-program model of one service, built once and only as far as the selected rules ask for."""
