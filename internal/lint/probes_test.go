package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestProbesCallEverything: the probe plug-ins, which were recorded on the peers,
// and the test of the IBM dialect call every function of OpenLDAP's library (o in
// the gate's list of names) and of IBM's list (i).
func TestProbesCallEverything(t *testing.T) {
	t.Parallel()
	root := "../../ctests/"
	called := func(pattern string) string {
		var all strings.Builder
		files, err := filepath.Glob(root + pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(files))
		}
		comments := regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
		strays := regexp.MustCompile(`(?m)^[a-z].*\);$`) // prototypes that a header lacks
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(strays.ReplaceAll(comments.ReplaceAll(text, nil), nil))
		}
		return all.String()
	}
	openldap := called("openldap/probes/*.[ch]")
	ibm := openldap + called("ibm/*.c")
	names, err := os.ReadFile(root + "gate/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range strings.Split(string(names), "\n") {
		name, who, ok := strings.Cut(line, " ")
		if !ok || strings.HasPrefix(line, "#") || strings.Contains(who, "s") {
			continue
		}
		n++
		where := openldap
		if !strings.Contains(who, "o") {
			where = ibm
		}
		if !regexp.MustCompile(`\b`+name+`\s*\(`).MatchString(where) && !regexp.MustCompile(`[(,]\s*`+name+`\s*[,)]`).MatchString(where) {
			t.Errorf("no probe calls %s", name)
		}
	}
	if n < 250 {
		t.Fatalf("%d names in the list", n)
	}
}
