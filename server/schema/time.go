package schema

import (
	"strconv"
	"strings"
	"time"
)

// ParseTime reads a value of the Generalized Time syntax (RFC 4517 section
// 3.3.13). fraction is the digits behind the seconds, without trailing zeros.
func ParseTime(v []byte) (t time.Time, fraction string, err error) {
	s := string(v)
	num := func(n, lo, hi int) (int, bool) {
		if len(s) < n {
			return 0, false
		}
		x := 0
		for i := 0; i < n; i++ {
			if !isDigit(s[i]) {
				return 0, false
			}
			x = x*10 + int(s[i]-'0')
		}
		s = s[n:]
		return x, lo <= x && x <= hi
	}
	bad := func() (time.Time, string, error) { return time.Time{}, "", errTime }
	year, ok1 := num(4, 0, 9999)
	month, ok2 := num(2, 1, 12)
	day, ok3 := num(2, 1, 31)
	hour, ok4 := num(2, 0, 23)
	if !ok1 || !ok2 || !ok3 || !ok4 || day > daysIn(year, month) {
		return bad()
	}
	unit := time.Hour
	minute, second := 0, 0
	if s != "" && isDigit(s[0]) {
		var ok bool
		if minute, ok = num(2, 0, 59); !ok {
			return bad()
		}
		unit = time.Minute
		if s != "" && isDigit(s[0]) {
			if second, ok = num(2, 0, 60); !ok {
				return bad()
			}
			unit = time.Second
		}
	}
	var extra time.Duration
	if s != "" && (s[0] == '.' || s[0] == ',') {
		n := 1
		for n < len(s) && isDigit(s[n]) {
			n++
		}
		if n == 1 || n > 64 {
			return bad()
		}
		digits := strings.TrimRight(s[1:n], "0")
		s = s[n:]
		if unit == time.Second {
			fraction = digits
		} else if digits != "" {
			f, err := strconv.ParseFloat("0."+digits, 64)
			if err != nil {
				return bad()
			}
			extra = time.Duration(f * float64(unit)).Round(time.Microsecond)
		}
	}
	var zone time.Duration
	switch {
	case s == "Z":
	case len(s) == 3 || len(s) == 5:
		sign := s[0]
		s = s[1:]
		h, ok := num(2, 0, 23)
		m := 0
		if ok && s != "" {
			m, ok = num(2, 0, 59)
		}
		if !ok || sign != '+' && sign != '-' {
			return bad()
		}
		zone = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
		if sign == '-' {
			zone = -zone
		}
	default:
		return bad()
	}
	t = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC).Add(extra - zone)
	if ns := t.Nanosecond(); ns != 0 {
		fraction = strings.TrimRight(strconv.Itoa(1e9 + ns)[1:], "0")
	}
	t = t.Truncate(time.Second)
	if t.Year() < 0 || t.Year() > 9999 {
		return bad()
	}
	return t, fraction, nil
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// timeKey is the time in UTC without its Z, so that a fraction sorts behind
// the whole second.
func timeKey(v []byte) ([]byte, error) {
	t, fraction, err := ParseTime(v)
	if err != nil {
		return nil, err
	}
	k := t.AppendFormat(make([]byte, 0, 24), "20060102150405")
	if fraction != "" {
		k = append(append(k, '.'), fraction...)
	}
	return k, nil
}

func timeText(v []byte) ([]byte, error) {
	k, err := timeKey(v)
	if err != nil {
		return nil, err
	}
	return append(k, 'Z'), nil
}
