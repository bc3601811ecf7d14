# Thin: every target is a script or a CMake preset.
.PHONY: build demo test bench lint format deps clean
build: deps
	@tools/build
demo: deps
	@tools/demo
test: deps
	@tools/test
bench: deps
	@tools/bench
lint: deps
	@tools/lint
format:
	@tools/format
deps:
	@tools/deps
clean:
	rm -rf build build-*
