package operation

import (
	"strconv"
	"strings"
	"time"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// passwordChanged notes beside a changed password what ns-slapd does, in a
// change of its own: that no grace logins were used, when the password was
// changed and when it expires, as the policy in cn=config asks for it.
func (s *Server) passwordChanged(op *plugin.Operation, db *Database, asked []wire.Change) {
	if !s.is389() || op.Modify == nil || db.Private || op.Replicated || op.Before == nil {
		return
	}
	changed := false
	for i := range asked {
		changed = changed || strings.EqualFold(asked[i].Type, "userPassword")
	}
	if !changed {
		return
	}
	var list []wire.Change
	put := func(attr, value string) {
		list = append(list, wire.Change{Op: wire.ModReplace, Type: attr, Values: [][]byte{[]byte(value)}})
	}
	on := func(setting string) bool { return strings.EqualFold(s.Setting(setting), "on") }
	now := changeTime()
	after := func(setting string) string {
		n, _ := strconv.ParseInt(s.Setting(setting), 10, 64)
		return string(timestamp(now.Add(time.Duration(n) * time.Second)))
	}
	if op.Before.IsClass("shadowAccount") {
		put("shadowLastChange", strconv.FormatInt(now.Unix()/86400, 10))
	}
	if on("passwordTrackUpdateTime") {
		put("pwdUpdateTime", string(timestamp(now)))
	}
	if n := s.Setting("passwordMinAge"); n != "" && n != "0" {
		put("passwordAllowChangeTime", after("passwordMinAge"))
	}
	if op.Before.First("passwordGraceUserTime") != "0" {
		put("passwordgraceusertime", "0")
	}
	if on("passwordExp") {
		put("passwordExpirationTime", after("passwordMaxAge"))
		put("passwordExpWarned", "0")
	}
	known := list[:0]
	for _, c := range list {
		if s.Schema().AttributeType(c.Type) != nil {
			known = append(known, c)
		}
	}
	if len(known) == 0 {
		return
	}
	note := &plugin.Operation{Kind: plugin.KindModify, Internal: true, Parent: op, Flags: FlagNoModifyAttrs,
		RawTarget: op.RawTarget, Target: op.Target, Modify: &plugin.ModifyPart{Changes: known}}
	if s.Run(note); note.Result.Code != wire.Success {
		s.log.Warn("the time of a password's change could not be noted", "dn", op.Target.Pretty, "result", int(note.Result.Code), "text", note.Result.Text)
	}
}
