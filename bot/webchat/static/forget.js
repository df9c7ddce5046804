// What waited to be sent belongs to the conversation that this device just forgot.
try { localStorage.removeItem("maalem.outbox"); } catch (e) { /* storage is off: nothing was kept */ }
