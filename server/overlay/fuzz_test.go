package overlay

import (
	"log/slog"
	"sort"
	"strings"
	"testing"

	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// Lines of a configuration make an overlay or an error.
func FuzzLines(f *testing.F) {
	s := schema.New()
	var names []string
	for name := range kinds {
		if err := Schema(name, s); err != nil {
			f.Fatal(err)
		}
		names = append(names, name)
	}
	sort.Strings(names)
	suffix, err := dn.NewName("cn=x", s)
	if err != nil {
		f.Fatal(err)
	}
	for i, l := range []string{"logpurge 1+00:00 00:10", "logbase add|modify cn=x", "dds-default-ttl 1d2h", "unique_uri ldap:///cn=x?cn?sub?(cn=*)",
		"valsort-attr cn cn=x weighted alpha-ascend", "dynlist-attrset top ldap:///cn=x??sub cn cn+cn@top", "constraint_attribute cn set this/cn", "collectinfo cn=x cn"} {
		f.Add(uint8(i), l)
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		var lines [][]string
		for _, l := range strings.Split(text, "\n") {
			if w := strings.Fields(l); len(w) > 1 {
				lines = append(lines, w)
			}
		}
		New(names[int(which)%len(names)], &Env{Schema: s, Suffix: suffix, RootDN: suffix, Log: slog.New(slog.DiscardHandler)}, lines)
	})
}

// Controls and extended requests that clients send are read or refused.
func FuzzRequests(f *testing.F) {
	s := schema.New()
	if err := Schema("dds", s); err != nil {
		f.Fatal(err)
	}
	d := &dds{env: &Env{Schema: s}, max: ddsLeastMax}
	server := &fakeServer{s: s}
	f.Add([]byte("\x30\x03\x01\x01\xff"))
	f.Add([]byte("\x30\x0a\x80\x04cn=x\x81\x02\x01\x00"))
	f.Fuzz(func(t *testing.T, v []byte) {
		weightsWanted(&plugin.Operation{Controls: []wire.Control{{OID: controlValSort, HasValue: true, Value: v}}})
		d.Extended(server, &plugin.Operation{Extended: &plugin.ExtendedPart{OID: extRefresh, HasValue: true, Value: v}}, "db")
		weight(v)
		parseHistory(v)
		generalTime(string(v))
		logSpan(string(v))
		span(string(v))
	})
}
