// Maalem is the chat assistant of Moroccan artisans: it registers them, announces
// trainings and fairs, collects follow-up answers and walks a person through the
// export of their craft, in Darija, Arabic, French and Tamazight.
package main

import (
	"os"

	"maalem/bot/app"
)

func main() { os.Exit(app.Main()) }
