package io.hacluster.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A tab of {@link Chromium}.
 */
public final class BrowserTab implements AutoCloseable {

	private static final JsonMapper JSON = JsonMapper.shared();

	private static final Map<String, Integer> KEYS = Map.of("Tab", 9, "Enter", 13, "Escape", 27, "ArrowDown", 40);

	private final AtomicInteger numbers = new AtomicInteger();

	private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();

	private final List<String> problems = new CopyOnWriteArrayList<>();

	private final WebSocket socket;

	BrowserTab(HttpClient http, URI uri) {
		this.socket = http.newWebSocketBuilder().buildAsync(uri, new Listener()).join();
		send("Page.enable", Map.of());
		send("Runtime.enable", Map.of());
		send("Log.enable", Map.of());
	}

	/**
	 * Opens a page.
	 * @param url its address
	 */
	public void open(String url) {
		send("Page.navigate", Map.of("url", url));
		Awaitility.await()
			.until(() -> url.equals(text("location.href")) && "complete".equals(text("document.readyState")));
	}

	/**
	 * Evaluates an expression on the page.
	 * @param expression JavaScript; a promise is waited for
	 * @return its value
	 */
	public JsonNode evaluate(String expression) {
		JsonNode result = send("Runtime.evaluate",
				Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
		if (result.has("exceptionDetails")) {
			throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
		}
		return result.get("result").path("value");
	}

	/**
	 * Evaluates an expression on the page.
	 * @param expression JavaScript
	 * @return its value as text
	 */
	public String text(String expression) {
		return evaluate(expression).asString();
	}

	/**
	 * Returns what is to be read in an element of the page.
	 * @param selector a CSS selector
	 * @return its visible text, empty if there is no such element or it is hidden
	 */
	public String read(String selector) {
		return text("(() => { const found = document.querySelector(" + JSON.writeValueAsString(selector)
				+ "); return found && found.checkVisibility() ? found.innerText : ''; })()");
	}

	/**
	 * Presses a key.
	 * @param key its name, as in {@code KeyboardEvent.key}
	 */
	public void press(String key) {
		Map<String, Object> event = new HashMap<>(
				Map.of("key", key, "code", key, "windowsVirtualKeyCode", KEYS.getOrDefault(key, (int) key.charAt(0))));
		event.put("type", "Enter".equals(key) ? "keyDown" : "rawKeyDown");
		if ("Enter".equals(key)) {
			event.put("text", "\r");
		}
		send("Input.dispatchKeyEvent", event);
		event.put("type", "keyUp");
		send("Input.dispatchKeyEvent", event);
	}

	/**
	 * Types text.
	 * @param text the text
	 */
	public void type(String text) {
		send("Input.insertText", Map.of("text", text));
	}

	/**
	 * Sets what the page sees of the screen.
	 * @param width the width in CSS pixels
	 * @param height the height in CSS pixels
	 * @param scheme {@code light} or {@code dark}
	 */
	public void screen(int width, int height, String scheme) {
		send("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
		send("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme),
						Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
	}

	/**
	 * Takes a picture of the page.
	 * @param file where to write the PNG
	 * @param whole whether the whole page is to be seen
	 */
	public void screenshot(Path file, boolean whole) {
		JsonNode shot = send("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", whole));
		try {
			Files.createDirectories(file.toAbsolutePath().getParent());
			Files.write(file, Base64.getDecoder().decode(shot.get("data").asString()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns the errors of scripts and of the content security policy.
	 * @return what the console of the browser shows as errors
	 */
	public List<String> problems() {
		return new ArrayList<>(this.problems);
	}

	/**
	 * Sends a command of the protocol.
	 * @param method its name
	 * @param parameters its parameters
	 * @return its result
	 */
	public JsonNode send(String method, Map<String, ?> parameters) {
		int number = this.numbers.incrementAndGet();
		CompletableFuture<JsonNode> answer = new CompletableFuture<>();
		this.waiting.put(number, answer);
		this.socket
			.sendText(JSON.writeValueAsString(Map.of("id", number, "method", method, "params", parameters)), true)
			.join();
		JsonNode message = answer.orTimeout(60, TimeUnit.SECONDS).join();
		if (message.has("error")) {
			throw new AssertionError(method + ": " + message.get("error"));
		}
		return message.get("result");
	}

	/**
	 * Closes the tab.
	 */
	@Override
	public void close() {
		send("Page.close", Map.of());
		this.socket.abort();
	}

	private void received(String text) {
		JsonNode message = JSON.readTree(text);
		if (message.has("id")) {
			CompletableFuture<JsonNode> answer = this.waiting.remove(message.get("id").asInt());
			if (answer != null) {
				answer.complete(message);
			}
		}
		else if (text.startsWith("{\"method\":\"Runtime.exceptionThrown\"")) {
			this.problems.add(text);
		}
		else if (text.startsWith("{\"method\":\"Log.entryAdded\"")
				&& "error".equals(message.at("/params/entry/level").asString())) {
			this.problems.add(text);
		}
	}

	private final class Listener implements WebSocket.Listener {

		private final StringBuilder text = new StringBuilder();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
			this.text.append(data);
			if (last) {
				received(this.text.toString());
				this.text.setLength(0);
			}
			webSocket.request(1);
			return null;
		}

	}

}
