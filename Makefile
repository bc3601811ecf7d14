# Thin: every target is a script in tools/.
.PHONY: build demo test bench lint format clean
build:
	@tools/deps build
	@tools/build
demo:
	@tools/deps build
	@tools/demo
test:
	@tools/deps test
	@tools/test
bench:
	@tools/deps bench
	@tools/bench
lint:
	@tools/deps test
	@tools/lint
format:
	@tools/format
clean:
	rm -rf build build-* demo
