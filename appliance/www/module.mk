# The web console: build/www holds index.html, console.js, console.css and icon.svg, which webd
# serves. npm and Vite run here only; what they need is pinned by package-lock.json.

www := appliance/www
www_files := $(addprefix build/www/,index.html console.js console.css icon.svg)
www_limit_bytes := 153600 # compressed, together

# appliance/www/node_modules leads there, so that editors and imports find it.
www_tools := build/third/www
www_installed := $(www_tools)/installed.stamp
www_run := nice $(www)/node_modules/.bin/

www_sources := $(sort $(shell find $(www)/src $(www)/public -type f 2>/dev/null)) \
	$(addprefix $(www)/,index.html vite.config.ts tsconfig.json)
www_checked := $(www_sources) $(shell find $(www)/tests -name '*.ts' -o -name '*.tsx' 2>/dev/null)
www_mock := $(shell find $(www)/mock -name '*.py' 2>/dev/null)

$(www_installed): $(addprefix $(www)/,package.json package-lock.json .npmrc)
	@$(if $(quiet),echo "  npm      $(www_tools)")
	$(quiet)mkdir -p $(@D) && cp $^ $(@D)/
	$(quiet)cd $(@D) && { npm ci >npm.log 2>&1 || { cat npm.log >&2; exit 1; }; }
	$(quiet)touch $@

$(call remember,build/objects/www/sources,$(www_sources))
build/www.stamp: $(www_sources) $(www_installed) build/objects/www/sources
	@$(if $(quiet),echo "  vite     build/www")
	$(quiet)$(www_run)vite build --logLevel warn $(www)
	$(quiet)$(PYTHON) $(www)/check_size.py $(www_limit_bytes) $(www_files)
	$(quiet)touch $@
$(www_files): build/www.stamp ;

build/www.checked: $(www_checked) $(www_installed) $(www)/.prettierrc.json
	@$(if $(quiet),echo "  tsc      $(www)")
	$(quiet)$(www_run)tsc -p $(www)
	$(quiet)$(www_run)prettier --check --log-level warn --config $(www)/.prettierrc.json $(filter-out %.svg,$(www_checked))
	$(quiet)touch $@

# Unit and page tests as one file each, for Node's own test runner.
www_tests := $(patsubst $(www)/tests/%.test.ts,build/tests/www/%.cjs,$(wildcard $(www)/tests/*.test.ts))
build/tests/www/%.cjs: $(www)/tests/%.test.ts $(www_checked) $(www_installed)
	$(quiet)$(www_run)esbuild $< --bundle --platform=node --format=cjs --target=node18 --external:playwright-core \
		--jsx=automatic --jsx-import-source=preact --log-level=warning --outfile=$@

.PHONY: www www-test www-check
www: build/www.stamp
www-check: build/www.checked
www-test: build/www.stamp $(www_tests) $(www_mock)
	$(quiet)cd $(www) && NODE_PATH=node_modules nice node --test --test-reporter=tap $(addprefix $(CURDIR)/,$(www_tests))
