// Package lint tests the structure of the source tree: which package may
// import which, where cgo may be used, how long a file may be.
package lint

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "libslapi"

// layers lists the packages from the bottom up. A package may import only
// packages that stand above it in this list, on an earlier line.
var layers = [][]string{
	{"server/ber"},
	{"server/wire"},
	{"server/dn"},
	{"server/schema"},
	{"server/entry"},
	{"server/filter", "server/ldif", "server/auth"},
	{"server/store"},
	{"server/backend"},
	{"server/sqldb", "server/sync", "server/plugin"},
	{"server/acl"},
	{"server/sasl", "server/overlay"},
	{"server/operation"},
	{"server/replica"},
	{"server/frontend", "server/config"},
	{"server/daemon"},
	{"cshim"},
	{"libslapi"},
}

// further names what a package may not import although the layers allow it.
var further = map[string][]string{
	"server/frontend":  {"server/store", "server/backend"},
	"server/operation": {"server/store"},
}

func rank(t *testing.T) map[string]int {
	r := map[string]int{}
	for i, l := range layers {
		for _, p := range l {
			r[p] = i
		}
	}
	return r
}

// sources calls f for every Go file below the module root.
func sources(t *testing.T, f func(path, pkg string)) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() {
			if rel == "build" || rel == ".git" || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(path, ".go") {
			f(path, filepath.ToSlash(filepath.Dir(rel)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportsRunDownward(t *testing.T) {
	ranks := rank(t)
	seen := map[string]bool{}
	sources(t, func(path, pkg string) {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			return
		}
		own, ranked := ranks[pkg]
		seen[pkg] = true
		test := strings.HasSuffix(path, "_test.go")
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if name == "C" {
				if pkg != "cshim" && pkg != "libslapi" {
					t.Errorf("%s: cgo belongs into cshim and libslapi alone", path)
				}
				continue
			}
			if pkg == "server/ber" && !test && strings.Contains(name, ".") {
				t.Errorf("%s: imports %s; ber stands on the standard library alone", path, name)
			}
			inner, ok := strings.CutPrefix(name, module+"/")
			if !ok || !ranked || test {
				continue
			}
			other, known := ranks[inner]
			if !known {
				// A helper package stands where its parent does.
				other, known = ranks[filepath.ToSlash(filepath.Dir(inner))]
			}
			if !known {
				t.Errorf("%s: imports %s, which has no place in the layers", path, inner)
				continue
			}
			if other >= own {
				t.Errorf("%s: %s imports %s, which is not below it", path, pkg, inner)
			}
			for _, no := range further[pkg] {
				if inner == no {
					t.Errorf("%s: %s must not import %s", path, pkg, inner)
				}
			}
		}
	})
	for p := range ranks {
		if !seen[p] {
			t.Errorf("layers name %s, but it has no Go file", p)
		}
	}
}

// A file of more than 800 lines needs a reason; reasons stand here.
var longFiles = map[string]string{}

func TestFilesHaveOneSubject(t *testing.T) {
	sources(t, func(path, pkg string) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > 800 && longFiles[path] == "" {
			t.Errorf("%s has %d lines; split it by subject", path, n)
		}
	})
}
