/* What every page may need; the pages work without it. */
import "./search.js";
import "./swaps.js";
import "./typed.js";
import "./ask.js";
import "./dates.js";
import "./progress.js";
import "./grid.js";
import "./extras.js";
