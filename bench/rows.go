package main

import (
	"fmt"

	"libslapi/server/ber"
)

// row is a line of the table: an operation with a number of connections and of
// requests in flight on each.
type row struct {
	name   string
	title  string
	conns  int
	window int
	shape  shape
	// perEntry counts entries looked at in place of operations.
	perEntry bool
	// verify looks at what the server did, beyond its answers.
	verify func(s *server, out *outcome) error
}

// importRow is the name of the row that is no load.
const importRow = "import"

// newRows lists the rows for a directory of n people, in the order of running:
// reads first, as writes change the data.
func newRows(n int, s *server) []row {
	least := leastSize(n)
	mark := "user" + personMark
	admin := newTemplate(func(b *ber.Builder) { appendBind(b, s.rootDN, rootPW) })
	base := shape{
		request: searchTemplate(markedDN, 0, present("objectClass")),
		answer:  tagSearchDone, entries: 1, named: true, least: least,
	}
	equal := base
	equal.request = searchTemplate(suffix, 2, equality("uid", mark))
	compare := shape{request: compareTemplate("mail", mark+"@example.com"), answer: tagCompareResp, code: 6}
	bind := shape{
		request: newTemplate(func(b *ber.Builder) { appendBind(b, markedDN, "pw"+mark) }),
		answer:  tagBindResponse,
	}
	modify := shape{
		request: modifyTemplate(markedDN, "description", "changed "+serialMark), bindAs: admin,
		answer: tagModifyResponse, own: true,
	}
	add := shape{request: addTemplate(), bindAs: admin, answer: tagAddResponse}
	scan := shape{
		request: searchTemplate(suffix, 2, present("objectClass")),
		answer:  tagSearchDone, entries: n + 2,
	}
	unindexed := base
	unindexed.request = searchTemplate(suffix, 2, equality("employeeNumber", personMark))

	rows := []row{
		{name: "scan", title: "scan of all entries", conns: 1, window: 1, shape: scan, perEntry: true},
		{name: "unindexed", title: "unindexed filter", conns: 1, window: 1, shape: unindexed, perEntry: true},
	}
	for _, r := range []struct {
		name, title string
		shape       shape
	}{{"base", "base search", base}, {"equality", "equality search", equal}, {"compare", "compare", compare}} {
		rows = append(rows,
			row{name: r.name, title: r.title + " 8x1", conns: 8, window: 1, shape: r.shape},
			row{name: r.name + "-pipe", title: r.title + " 4x16", conns: 4, window: 16, shape: r.shape})
	}
	// A client may not send anything after a bind before it is answered (RFC 4511
	// section 4.2.1), so as many connections stand for the requests in flight.
	for _, c := range []int{8, 64} {
		rows = append(rows, row{name: fmt.Sprint("bind", c), title: fmt.Sprintf("simple bind %dx1", c), conns: c, window: 1, shape: bind})
	}
	for _, c := range []int{8, 32} {
		rows = append(rows, row{name: fmt.Sprint("modify", c), title: fmt.Sprintf("modify %dx1", c), conns: c, window: 1, shape: modify, verify: verifyModify})
	}
	for _, c := range []int{8, 32} {
		rows = append(rows, row{name: fmt.Sprint("add", c), title: fmt.Sprintf("add %dx1", c), conns: c, window: 1, shape: add, verify: verifyAdd})
	}
	return rows
}

// leastSize is what the message of every person holds at least: the values of
// the LDIF file but for the password and for what the rows change.
func leastSize(n int) int {
	least := 1 << 20
	for i := range min(n, len(firstNames)*len(lastNames)*len(titles)) {
		size := 0
		for _, p := range person(i) {
			if p.name != "description" {
				size += len(p.value)
			}
		}
		least = min(least, size)
	}
	return least
}

// rowNames lists all names, for BENCH_ROWS.
func rowNames() []string {
	list := []string{importRow}
	for _, r := range newRows(1, &server{}) {
		list = append(list, r.name)
	}
	return list
}

func (s *server) asRoot(f func(c *client) error) error {
	c, err := dial(s.addr)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.bind(s.rootDN, rootPW); err != nil {
		return err
	}
	return f(c)
}

// verifyModify reads what every connection wrote last.
func verifyModify(s *server, out *outcome) error {
	return s.asRoot(func(c *client) error {
		for _, l := range out.last {
			e, err := c.read(dnOf(l.person))
			if err != nil {
				return err
			}
			if want := (pair{"description", "changed " + serialText(l.serial)}); e == nil || !hasPair(e, want) {
				return fmt.Errorf("%s has not %s: %s, which was acknowledged", dnOf(l.person), want.name, want.value)
			}
		}
		return nil
	})
}

// verifyAdd reads the entry that every connection added last.
func verifyAdd(s *server, out *outcome) error {
	return s.asRoot(func(c *client) error {
		for _, l := range out.last {
			dn := addedDN(serialText(l.serial))
			e, err := c.read(dn)
			if err != nil || e == nil || !hasPair(e, pair{"employeeNumber", serialText(l.serial)}) {
				return fmt.Errorf("%s is not there as added, which was acknowledged (%v)", dn, err)
			}
		}
		return nil
	})
}
