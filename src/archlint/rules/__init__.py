"""The rules: one module with one public function `check` for each page under `rules/`, found by its name."""
