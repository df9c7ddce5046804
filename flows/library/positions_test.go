package library

import (
	"testing"

	"maalem/flows/understand"
)

// Every province can be named by a position, and a position names what lies there.
func TestPositions(t *testing.T) {
	d, err := Data()
	if err != nil {
		t.Fatal(err)
	}
	r, err := understand.New(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Places {
		if p.Kind == "province" || p.Kind == "prefecture" {
			if p.At == (understand.LatLon{}) {
				t.Errorf("%s has no position", p.ID)
			}
		}
		if p.At == (understand.LatLon{}) {
			continue
		}
		if p.At.Lat < 20.7 || p.At.Lat > 36 || p.At.Lon < -17.2 || p.At.Lon > -0.9 {
			t.Errorf("%s lies at %v, outside of Morocco", p.ID, p.At)
		}
		m, ok := r.At(p.At)
		if found := place(d, m.ID); !ok || found.Region != p.Region && found.At != p.At {
			t.Errorf("%s is in region %s, its position names %s of %s", p.ID, p.Region, m.ID, found.Region)
		}
	}
	for want, at := range map[string]understand.LatLon{
		"MA-TIZ": {Lat: 29.70, Lon: -9.73}, "MA-FES": {Lat: 34.06, Lon: -4.98}, "MA-IFR": {Lat: 33.53, Lon: -5.11},
		"skoura": {Lat: 31.05, Lon: -6.56}, "MA-SAF": {Lat: 32.30, Lon: -9.23},
	} {
		if m, _ := r.At(at); m.ID != want {
			t.Errorf("%v is %s, want %s", at, m.ID, want)
		}
	}
	for _, at := range []understand.LatLon{{Lat: 48.85, Lon: 2.35}, {Lat: 40.4, Lon: -3.7}, {}, {Lat: 28, Lon: -20}} {
		if m, ok := r.At(at); ok {
			t.Errorf("%v is %s", at, m.ID)
		}
	}
}

func place(d understand.Data, id string) understand.Place {
	for _, p := range d.Places {
		if p.ID == id {
			return p
		}
	}
	return understand.Place{}
}
