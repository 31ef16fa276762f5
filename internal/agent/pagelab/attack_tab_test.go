package pagelab_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"magicbutton/internal/weblab"
)

// thiefPage is what another program shows at the page's address while the agent is away. It waits in its tab until
// the agent is back, and then tries what a page of this address can try with the browser's cookie.
const thiefPage = `<!doctype html><title>thief</title><script>
async function steal() {
	const got = [];
	const write = await fetch("/tap", { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"tag":"praise","ref":"evil"}' });
	got.push("tap " + write.status);
	got.push("said " + (await fetch("/said")).status);
	const page = await fetch("/");
	got.push("page " + page.status + ((await page.text()).includes("data-proof") ? " with its key" : ""));
	got.push("stream " + await new Promise((r) => {
		const s = new EventSource("/stream");
		s.onopen = () => r("open");
		s.onerror = () => r("refused");
	}));
	const frame = document.createElement("iframe");
	frame.src = "/";
	document.body.append(frame);
	await new Promise((r) => { frame.onload = r; setTimeout(r, 1000); });
	const key = (w) => { try { return w.document.body.dataset.proof ? "with its key" : "empty"; } catch { return "shut"; } };
	got.push("frame " + key(frame.contentWindow));
	const opened = window.open("/");
	await new Promise((r) => setTimeout(r, 1000));
	got.push("window " + (opened ? key(opened) : "none"));
	return got.join(", ");
}
</script><body>x`

// A program takes the port while the agent is away, and the rep opens a bookmark. When the agent is back, what stands in
// that tab is of the page's address and the browser's cookie goes with all that it asks: it must get nothing of it.
func TestTabLeftByThief(t *testing.T) {
	for _, policy := range []string{"same-origin"} {
		t.Run(policy, func(t *testing.T) {
			browser := weblab.Start(t)
			d := newDesk(t, without)
			p := open(t, browser, d, weblab.View{})
			d.press(refundKey)
			p.waitCards(1)
			d.stop()
			l, err := net.Listen("tcp4", d.own())
			if err != nil {
				t.Fatal(err)
			}
			thief := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if policy != "" {
					w.Header().Set("Cross-Origin-Opener-Policy", policy)
				}
				_, _ = io.WriteString(w, thiefPage)
			})}
			go func() { _ = thief.Serve(l) }()
			eval[bool](p, `(() => { setTimeout(() => { location.href = "/" }, 50); return true })()`)
			p.wait(`document.title === "thief"`)
			_ = thief.Close()
			d.start(nil)
			got := eval[string](p, `steal()`)
			t.Log(got)
			if strings.Contains(got, "key") || !strings.HasPrefix(got, "tap 403, said 403, page 403, stream refused, ") {
				t.Errorf("the tab got: %s", got)
			}
		})
	}
}
