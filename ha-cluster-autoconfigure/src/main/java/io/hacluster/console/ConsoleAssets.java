package io.hacluster.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The files of the page, packed in the jar. Only those named here are served.
 */
final class ConsoleAssets {

	static final String PAGE = "index.html";

	static final String LOCATION = "META-INF/ha-cluster/console/";

	private static final Map<String, String> TYPES = Map.of(PAGE, "text/html;charset=UTF-8", "console.css",
			"text/css;charset=UTF-8", "icon.svg", "image/svg+xml", "console.js", "text/javascript;charset=UTF-8",
			"dom.js", "text/javascript;charset=UTF-8", "format.js", "text/javascript;charset=UTF-8", "chart.js",
			"text/javascript;charset=UTF-8", "views.js", "text/javascript;charset=UTF-8", "actions.js",
			"text/javascript;charset=UTF-8", "connection.js", "text/javascript;charset=UTF-8");

	private ConsoleAssets() {
	}

	/**
	 * Returns a file.
	 * @param name its name
	 * @return the file, {@code null} if there is none of that name
	 */
	static @Nullable Asset find(String name) {
		String type = TYPES.get(name);
		if (type == null) {
			return null;
		}
		try (InputStream in = ConsoleAssets.class.getClassLoader().getResourceAsStream(LOCATION + name)) {
			if (in == null) {
				throw new IllegalStateException("The jar lacks " + LOCATION + name);
			}
			return new Asset(type, in.readAllBytes());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A file.
	 *
	 * @param type its media type
	 * @param content its content
	 */
	record Asset(String type, byte[] content) {
	}

}
