package ber

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCursorReads(t *testing.T) {
	in := unhex(t, "30 84 0000001c  0201ff 0a0105 010101 010100 040161 0400 8003 78797a 0204 7fffffff")
	in[5] = byte(len(in) - 6)
	top := NewCursor(in)
	if top.Tag() != TagSequence {
		t.Fatalf("tag %#x", top.Tag())
	}
	c := top.Enter(TagSequence)
	if n := c.Count(); n != 8 {
		t.Errorf("count %d", n)
	}
	if n := c.Int(); n != -1 {
		t.Errorf("int %d", n)
	}
	if n := c.Enum(); n != 5 {
		t.Errorf("enum %d", n)
	}
	if !c.Bool() {
		t.Error("01 is true")
	}
	if c.Bool() {
		t.Error("00 is false")
	}
	if s := c.String(); s != "a" {
		t.Errorf("string %q", s)
	}
	if b := c.OctetString(); b == nil || len(b) != 0 {
		t.Errorf("empty octet string %v", b)
	}
	v := c.Octets(0x80)
	if string(v) != "xyz" || cap(v) != 3 {
		t.Errorf("octets %q cap %d", v, cap(v))
	}
	if raw := c.Raw(); !bytes.Equal(raw, unhex(t, "02047fffffff")) {
		t.Errorf("raw %x", raw)
	}
	if c.More() || c.Tag() != 0 {
		t.Error("more at the end")
	}
	top.Leave(&c)
	if top.Err() != nil || top.More() {
		t.Errorf("err %v", top.Err())
	}
}

func TestCursorErrors(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		read     func(c *Cursor)
		offset   int
		reason   string
	}{
		{"nothing", "", func(c *Cursor) { c.Int() }, 0, "element missing"},
		{"no length", "02", func(c *Cursor) { c.Int() }, 1, "length missing"},
		{"short", "0202 01", func(c *Cursor) { c.Int() }, 1, "past the end"},
		{"indefinite", "3080 0000", func(c *Cursor) { c.Enter(0x30) }, 1, "indefinite"},
		{"nine length octets", "3089 000000000000000000", func(c *Cursor) { c.Enter(0x30) }, 1, "more than 8"},
		{"cut length", "3084 0000", func(c *Cursor) { c.Enter(0x30) }, 1, "cut off"},
		{"huge", "0488 ffffffffffffffff", func(c *Cursor) { c.Skip() }, 1, "past the end"},
		{"huge positive", "0488 7fffffffffffffff", func(c *Cursor) { c.Skip() }, 1, "past the end"},
		{"high tag", "1f8101 00", func(c *Cursor) { c.Skip() }, 0, "tag number"},
		{"end of contents", "0000", func(c *Cursor) { c.Raw() }, 0, "end-of-contents"},
		{"wrong tag", "0401 61", func(c *Cursor) { c.Int() }, 0, "tag 0x04 where 0x02"},
		{"empty int", "0200", func(c *Cursor) { c.Int() }, 0, "empty integer"},
		{"long int", "0209 000000000000000001", func(c *Cursor) { c.Int() }, 0, "64 bits"},
		{"long bool", "0102 0101", func(c *Cursor) { c.Bool() }, 0, "one octet"},
		{"inside", "3005 0401 61 0402", func(c *Cursor) {
			in := c.Enter(0x30)
			in.Skip()
			in.Skip()
			c.Leave(&in)
		}, 6, "past the end"},
		{"left over", "3003 0401 61", func(c *Cursor) { in := c.Enter(0x30); c.Leave(&in) }, 2, "more elements"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := NewCursor(unhex(t, tc.in))
			tc.read(&c)
			var e *Error
			if !errors.As(c.Err(), &e) {
				t.Fatal("no error")
			}
			if e.Offset != tc.offset || !strings.Contains(e.Reason, tc.reason) {
				t.Errorf("got %v", e)
			}
			// Sticky: nothing is read after an error, and the first one stays.
			if c.More() || c.Tag() != 0 || c.Int() != 0 || c.Raw() != nil || c.OctetString() != nil || c.Bool() {
				t.Error("reads after an error")
			}
			if c.Err() != error(e) {
				t.Errorf("error changed to %v", c.Err())
			}
		})
	}
}

func TestDepthLimit(t *testing.T) {
	var b Builder
	marks := []int{}
	for range MaxDepth + 1 {
		marks = append(marks, b.Begin(0x30))
	}
	for i := len(marks) - 1; i >= 0; i-- {
		b.End(marks[i])
	}
	c, n := NewCursor(b.Bytes()), 0
	for c.More() {
		c = c.Enter(0x30)
		n++
	}
	if c.Err() == nil || n != MaxDepth+1 {
		t.Errorf("%d levels, err %v", n, c.Err())
	}
}

func TestIntForms(t *testing.T) {
	for _, n := range []int64{0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, 32768, -32769, math.MaxInt32, math.MaxInt64, math.MinInt64} {
		var b Builder
		b.Int(TagInteger, n)
		if len(b.Bytes()) != IntSize(n) {
			t.Errorf("%d: size %d, encoded %x", n, IntSize(n), b.Bytes())
		}
		c := NewCursor(b.Bytes())
		if got := c.Int(); got != n || c.Err() != nil {
			t.Errorf("%d became %d (%x), %v", n, got, b.Bytes(), c.Err())
		}
	}
	c := NewCursor(unhex(t, "0204 00000005"))
	if n := c.Int(); n != 5 {
		t.Errorf("padded integer: %d", n)
	}
}

func TestBuilderLengths(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 127, 128, 253, 254, 255, 256, 65530, 65536, 1 << 17} {
		var b Builder
		b.Raw([]byte("before"))
		b.Reset()
		outer := b.Begin(0x30)
		inner := b.Begin(0x31)
		b.OctetString(0x04, bytes.Repeat([]byte{'x'}, n))
		b.Null(0x05)
		b.End(inner)
		b.String(0x80, "tail")
		b.End(outer)
		if want := Size(Size(Size(n)+2) + 6); b.Len() != want {
			t.Errorf("%d: %d octets, Size says %d", n, b.Len(), want)
		}
		c := NewCursor(b.Bytes())
		o := c.Enter(0x30)
		i := o.Enter(0x31)
		if got := i.OctetString(); len(got) != n {
			t.Errorf("%d octets became %d", n, len(got))
		}
		i.Octets(TagNull)
		o.Leave(&i)
		if s := o.Octets(0x80); string(s) != "tail" {
			t.Errorf("tail is %q", s)
		}
		c.Leave(&o)
		if c.Err() != nil {
			t.Errorf("%d: %v", n, c.Err())
		}
	}
}

func TestNoAllocation(t *testing.T) {
	in := unhex(t, "300c 020105 040161 0a0102 010101")
	if n := testing.AllocsPerRun(100, func() {
		top := NewCursor(in)
		c := top.Enter(0x30)
		c.Int()
		c.OctetString()
		c.Enum()
		c.Bool()
		top.Leave(&c)
		if top.Err() != nil {
			t.Fatal(top.Err())
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzCursor: no panic, no reading outside, and what Raw gives is the input.
func FuzzCursor(f *testing.F) {
	for _, s := range []string{"", "30 00", "300c 020105 040161 0a0102 010101", "3084 00000005 0203 010203", "3080 0000", "a003 a001 a0", "0489 00"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var walk func(c Cursor) int
		walk = func(c Cursor) int {
			read, count := c.Offset(), c.Count()
			for c.More() {
				at, tag, before := c.Offset(), c.Tag(), c
				raw := c.Raw()
				if c.Err() != nil {
					break
				}
				count--
				if !bytes.Equal(raw, in[at:c.Offset()]) || len(raw) < 2 {
					t.Fatalf("raw at %d is %x", at, raw)
				}
				read += len(raw)
				if tag&0x20 != 0 {
					inner := before.Enter(tag)
					walk(inner)
				}
			}
			if c.Err() == nil && (count != 0 || read != c.Offset()) {
				t.Fatalf("count off by %d, read %d of %d", count, read, c.Offset())
			}
			return read
		}
		walk(NewCursor(in))
		c := NewCursor(in)
		for c.More() {
			switch c.Tag() {
			case TagInteger:
				c.Int()
			case TagBoolean:
				c.Bool()
			default:
				_ = c.String()
				c.Skip()
			}
		}
	})
}

func BenchmarkCursor(b *testing.B) {
	in := unhex(b, "300c 020105 040161 0a0102 010101")
	b.ReportAllocs()
	for b.Loop() {
		top := NewCursor(in)
		c := top.Enter(0x30)
		c.Int()
		c.OctetString()
		c.Enum()
		c.Bool()
		top.Leave(&c)
	}
}
