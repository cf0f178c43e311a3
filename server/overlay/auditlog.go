package overlay

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"libslapi/server/ldif"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// auditLog writes the changes of clients to a file as LDIF change records with
// a comment before and behind each (slapo-auditlog(5)). The file is opened for
// each record, so that it may be moved away at any time.
type auditLog struct {
	env  *Env
	path string
	mu   sync.Mutex
}

func newAuditLog(env *Env, lines [][]string) (Overlay, error) {
	a := &auditLog{env: env}
	for _, l := range lines {
		if !strings.EqualFold(l[0], "auditlog") {
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
		a.path = l[1]
	}
	return a, nil
}

// Points implements Overlay: changes are written once they are durable.
func (*auditLog) Points() []plugin.Point { return pointsOf(plugin.Post, updates) }

// Run implements Overlay.
func (a *auditLog) Run(_ plugin.Services, _ plugin.Point, op *plugin.Operation) *wire.Error {
	if a.path == "" || op.Result.Code != wire.Success || op.Internal {
		return nil
	}
	text, err := auditRecord(op, a.env.Suffix.Pretty, time.Now())
	if err == nil && text != nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		var f *os.File
		if f, err = os.OpenFile(a.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			_, err = f.Write(text)
			if cerr := f.Close(); err == nil {
				err = cerr
			}
		}
	}
	if err != nil {
		a.env.Log.Error("auditlog: a change was not written", "file", a.path, "entry", op.Target.Pretty, "error", err)
	}
	return nil
}

// auditRecord is the text about one change.
func auditRecord(op *plugin.Operation, suffix string, now time.Time) ([]byte, error) {
	var word string
	var b bytes.Buffer
	line := func(name, value string) {
		b.Write(ldif.AppendLine(nil, name, []byte(value)))
	}
	values := func(name string, list [][]byte) {
		for _, v := range list {
			b.Write(ldif.AppendLine(nil, name, v))
		}
	}
	name := op.Target.Pretty
	if op.Before != nil {
		name = op.Before.Name.Pretty
	}
	line("dn", name)
	switch op.Kind {
	case plugin.KindAdd:
		word = "add"
		e := op.After
		if e == nil {
			return nil, nil
		}
		line("changetype", word)
		for i := range e.Attrs {
			values(e.Attrs[i].Desc, e.Attrs[i].Values)
		}
	case plugin.KindDelete:
		word = "delete"
		line("changetype", word)
	case plugin.KindModDN:
		word = "modrdn"
		line("changetype", word)
		line("newrdn", op.ModDN.NewRDN)
		line("deleteoldrdn", map[bool]string{true: "1", false: "0"}[op.ModDN.DeleteOldRDN])
		if op.ModDN.NewSuperior != nil {
			line("newsuperior", op.ModDN.NewSuperior.Pretty)
		}
	case plugin.KindModify:
		word = "modify"
		line("changetype", word)
		for _, c := range op.Modify.Changes {
			how := map[wire.ModOp]string{wire.ModAdd: "add", wire.ModDelete: "delete", wire.ModReplace: "replace", wire.ModIncrement: "increment"}[c.Op]
			line(how, c.Type)
			values(c.Type, c.Values)
			b.WriteString("-\n")
		}
	default:
		return nil, nil
	}
	who := op.Requestor.Pretty
	peer, conn := "", uint64(0)
	if c := op.Conn; c != nil {
		conn = c.ID
		switch c.Remote.(type) {
		case nil:
		case *net.UnixAddr:
			peer = c.ListenName
		default:
			peer = "IP=" + c.Remote.String()
		}
	}
	// A comment cannot be folded, nor hold a line's end.
	clean := strings.NewReplacer("\n", " ", "\r", " ").Replace
	head := fmt.Sprintf("# %s %d %s %s %s conn=%d\n", word, now.Unix(), clean(suffix), clean(who), peer, conn)
	return fmt.Appendf(nil, "%s%s# end %s %d\n\n", head, b.Bytes(), word, now.Unix()), nil
}
