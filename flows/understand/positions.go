package understand

import "math"

// LatLon is a position in degrees; the zero value is none (it lies in the sea).
type LatLon struct{ Lat, Lon float64 }

// nearEnough is the greatest distance in kilometres at which a position still names
// a place: half of what lies between two provinces' capitals in the south.
const nearEnough = 80

// earth is the mean radius of the earth in kilometres (IUGG).
const earth = 6371.0088

// At names the place nearest to a position; false when none is near.
func (r *Reader) At(p LatLon) (Match, bool) {
	best, at := float64(nearEnough), -1
	for i := range r.data.Places {
		q := r.data.Places[i].At
		if q == (LatLon{}) {
			continue
		}
		if d := distance(p, q); d < best {
			best, at = d, i
		}
	}
	if at < 0 {
		return Match{}, false
	}
	return Match{ID: r.data.Places[at].ID, Sure: true}, true
}

// distance is the great-circle distance in kilometres (haversine).
func distance(a, b LatLon) float64 {
	const rad = math.Pi / 180
	dLat, dLon := (b.Lat-a.Lat)*rad, (b.Lon-a.Lon)*rad
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*math.Pow(math.Sin(dLon/2), 2)
	return 2 * earth * math.Asin(math.Sqrt(min(1, h)))
}
