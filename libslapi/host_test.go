package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

func TestHandles(t *testing.T) {
	var table handleTable[string]
	if _, ok := table.get(0); ok {
		t.Error("0 is a handle")
	}
	a := table.put("a")
	b := table.put("b")
	if v, ok := table.get(a); !ok || v != "a" {
		t.Errorf("get(a) = %q, %v", v, ok)
	}
	if v, ok := table.drop(a); !ok || v != "a" {
		t.Errorf("drop(a) = %q, %v", v, ok)
	}
	if _, ok := table.drop(a); ok {
		t.Error("dropped twice")
	}
	c := table.put("c") // in a's slot
	if c == a {
		t.Error("a handle was given out twice")
	}
	if _, ok := table.get(a); ok {
		t.Error("a stale handle finds something")
	}
	for h, want := range map[uintptr]string{b: "b", c: "c"} {
		if v, ok := table.get(h); !ok || v != want {
			t.Errorf("get(%#x) = %q, %v, want %q", h, v, ok, want)
		}
	}
	if _, ok := table.get(b + 1<<20); ok {
		t.Error("a number from nowhere finds something")
	}
}

func TestHandlesFromManySides(t *testing.T) {
	var table handleTable[int]
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 2000 {
				h := table.put(g*10000 + i)
				if v, ok := table.get(h); !ok || v != g*10000+i {
					t.Errorf("get = %d, %v", v, ok)
				}
				if _, ok := table.drop(h); !ok {
					t.Error("a handle is gone")
				}
			}
		}()
	}
	wg.Wait()
}

func TestNameLists(t *testing.T) {
	for name := range openldapOnly {
		if sharedNames[name] {
			t.Errorf("%s is both shared and OpenLDAP's own", name)
		}
	}
	if len(openldapOnly) < 20 || len(sharedNames) < 200 {
		t.Errorf("%d and %d names", len(openldapOnly), len(sharedNames))
	}
}

func TestDialect(t *testing.T) {
	shared := []string{"slapi_pblock_get", "slapi_pblock_set", "slapi_log_error"}
	for _, tc := range []struct {
		name    string
		o       object
		from389 bool
		want    plugin.Dialect
	}{
		{"389's library named", object{needed: []string{"libslapd.so.0"}}, false, plugin.Dialect389},
		{"OpenLDAP's library named", object{needed: []string{"libslapi-2.5.so.0"}}, true, plugin.DialectOpenLDAP},
		{"389's functions", object{imports: append(shared, "slapi_sdn_get_udn")}, false, plugin.Dialect389},
		{"OpenLDAP's functions", object{imports: append(shared, "slapi_get_client_ip")}, true, plugin.DialectOpenLDAP},
		{"IBM's functions", object{imports: append(shared, "slapi_get_num_be")}, false, plugin.DialectIBM},
		{"NSPR named", object{needed: []string{"libnspr4.so"}, imports: shared}, false, plugin.Dialect389},
		{"389's folder", object{runpath: "/usr/lib/dirsrv/", imports: shared}, false, plugin.Dialect389},
		{"configured as an entry", object{imports: shared}, true, plugin.Dialect389},
		{"configured by a line", object{imports: shared}, false, plugin.DialectOpenLDAP},
	} {
		if got := tc.o.dialect(tc.from389); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
}

// The binaries of the Debian packages, where they are installed: none of them
// may be taken for OpenLDAP's.
func TestDialectOfBinaries(t *testing.T) {
	files, _ := filepath.Glob("/usr/lib/x86_64-linux-gnu/dirsrv/plugins/*.so")
	if len(files) == 0 {
		t.Skip("no plug-ins of 389 are installed")
	}
	for _, f := range files {
		o, err := readObject(f)
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		if got := o.dialect(false); got != plugin.Dialect389 {
			t.Errorf("%s: dialect %d", filepath.Base(f), got)
		}
	}
}

func TestReadObject(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"text.so": "no library", "empty.so": "", "short.so": "\x7fELF"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readObject(path); err == nil || !strings.Contains(err.Error(), "no shared object") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := readObject(filepath.Join(dir, "none.so")); err == nil {
		t.Error("a file that is not there was read")
	}
	if _, err := readObject("/proc/self/exe"); err != nil && !strings.Contains(err.Error(), "shared object") {
		t.Error(err)
	}
}

func TestResultCode(t *testing.T) {
	for n, want := range map[int]wire.ResultCode{0: 0, 53: 53, 4096: 4096, -1: wire.Other, 1 << 20: wire.Other} {
		if got := resultCode(n); got != want {
			t.Errorf("resultCode(%d) = %d, want %d", n, got, want)
		}
	}
}

func TestCrypt(t *testing.T) {
	for setting, want := range map[string]string{
		"ab":          "abwZjsM17Twbw",
		"$1$saltsalt": "$1$saltsalt$qYTUzY0nobbWgNFTTmImc.",
		"$nosuch$x":   "",
	} {
		if got := crypt("Secret.42", setting); got != want {
			t.Errorf("crypt with %q: %q, want %q", setting, got, want)
		}
	}
}
