package acl

// Fixed tells what Granted answers about r.Type or r.Pseudo when the entry and
// the value make no difference to this requestor: then ok is true and the
// answer holds for all of them. r.Entry, r.Value and r.Need are not looked at.
func (s *Set) Fixed(r *Request) (have Priv, ok bool) {
	if s.ReadAll() {
		return Read, true
	}
	var mask Mask
	for _, rule := range s.rules {
		if !rule.what.has(r) {
			continue
		}
		if rule.dn != nil || rule.val != nil || rule.what.filter != nil {
			return None, false
		}
		var ctl control
		if mask, ctl, ok = rule.fixedGrant(r, mask); !ok {
			return None, false
		}
		if ctl != breakOut {
			return mask.Priv, true
		}
	}
	return None, true
}

// fixedGrant is grant where no clause that counts depends on the entry.
func (r *Rule) fixedGrant(req *Request, have Mask) (Mask, control, bool) {
	for i := range r.clauses {
		c := &r.clauses[i]
		applies, known := c.fixed(req)
		if !known {
			return Mask{}, stop, false
		}
		if !applies {
			continue
		}
		have = c.access.apply(have)
		if c.control != goOn {
			return have, c.control, true
		}
	}
	return Mask{}, stop, true
}

// fixed is applies; known is false when it may depend on the entry.
func (c *clause) fixed(req *Request) (applies, known bool) {
	known = true
	for i := range c.whos {
		if c.whos[i].kind == whoDNAttr && c.access.self != selfAny {
			continue // as in applies
		}
		is, sure := c.whos[i].fixed(req)
		if sure && !is {
			return false, true
		}
		known = known && sure
	}
	if c.access.self != selfAny {
		// granted for values that are the requestor's name: anonymous has none
		return false, req.Who.Norm == "" && req.Real.Norm == ""
	}
	return true, known
}

// fixed is matches; known is false when it may depend on the entry.
func (w *who) fixed(req *Request) (is, known bool) {
	anonymous := req.Who.Norm == "" && (!w.real || req.Real.Norm == "")
	switch w.kind {
	case whoAll, whoAnonymous, whoUsers, whoSSF:
	case whoSelf, whoDNAttr, whoGroup:
		return false, anonymous
	case whoDN, whoPeer, whoSockName, whoSockURL:
		if w.pat.expand {
			return false, false
		}
	default:
		return false, false
	}
	return w.matches(req, nil), true
}
