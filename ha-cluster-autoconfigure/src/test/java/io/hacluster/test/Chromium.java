package io.hacluster.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Chromium without a screen, driven over the DevTools protocol.
 *
 * @see <a href="https://chromedevtools.github.io/devtools-protocol/">The protocol</a>
 */
public final class Chromium implements AutoCloseable {

	private final HttpClient http = HttpClient.newHttpClient();

	private final Process process;

	private final URI control;

	private Chromium(Process process, URI control) {
		this.process = process;
		this.control = control;
	}

	/**
	 * Starts a browser; the test is skipped if there is none.
	 * @param directory an empty directory for its profile
	 * @return the browser
	 */
	public static Chromium start(Path directory) {
		Path program = ProjectScript.path("chromium");
		Path profile = directory.resolve("profile");
		Path port = profile.resolve("DevToolsActivePort");
		try {
			// It only ever opens pages of the test itself, so that it may do without the
			// sandbox, which root and containers do not have
			Process process = new ProcessBuilder(List.of(program.toString(), "--headless=new", "--no-sandbox",
					"--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
					"--disable-component-update", "--disable-sync", "--no-first-run", "--mute-audio",
					"--hide-scrollbars", "--force-color-profile=srgb", "--lang=en-GB", "--remote-debugging-port=0",
					"--user-data-dir=" + profile, "about:blank"))
				.redirectErrorStream(true)
				.redirectOutput(directory.resolve("chromium.log").toFile())
				.start();
			try {
				Awaitility.await()
					.until(() -> Files.exists(port) && Files.readAllLines(port).size() == 2 || !process.isAlive());
				String number = Files.readAllLines(port).get(0);
				return new Chromium(process, URI.create("http://127.0.0.1:" + number));
			}
			catch (IOException | RuntimeException ex) {
				process.destroyForcibly();
				throw ex;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Opens a tab.
	 * @return the tab, which shows nothing yet
	 */
	public BrowserTab tab() {
		HttpRequest request = HttpRequest.newBuilder(this.control.resolve("/json/new?about:blank"))
			.PUT(HttpRequest.BodyPublishers.noBody())
			.build();
		try {
			HttpResponse<String> response = this.http.send(request, HttpResponse.BodyHandlers.ofString());
			JsonNode target = JsonMapper.shared().readTree(response.body());
			return new BrowserTab(this.http, URI.create(target.get("webSocketDebuggerUrl").asString()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Ends the browser with all of its processes.
	 */
	@Override
	public void close() {
		List<ProcessHandle> all = this.process.descendants().toList();
		this.process.destroy();
		try {
			if (!this.process.waitFor(5, TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		all.forEach(ProcessHandle::destroyForcibly);
		// What still writes to the profile would disturb its removal
		Awaitility.await().until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
	}

}
