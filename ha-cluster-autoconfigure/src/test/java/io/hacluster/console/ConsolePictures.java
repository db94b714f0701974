package io.hacluster.console;

import java.nio.file.Path;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.test.BrowserTab;
import io.hacluster.test.Chromium;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Takes the pictures of the documentation. Not part of the suite, as the name does not
 * end with {@code Tests}: run it with {@code -Dtest=ConsolePictures}.
 */
class ConsolePictures {

	private static final Path PICTURES = Path.of("../docs/images");

	@Test
	void takePictures(@TempDir Path directory) {
		try (Chromium chromium = Chromium.start(directory);
				FakeNode node = FakeNode.start(ConsoleAccess.UNRESTRICTED)) {
			BrowserTab tab = chromium.tab();
			tab.screen(1100, 1180, "light");
			Story.lag(node.lag());
			Story.steppedDown(node.board());
			Story.tell(node);
			tab.open(node.url("/ha").toString());
			Awaitility.await().untilAsserted(() -> assertThat(tab.read("#lede")).contains("a leads"));
			tab.evaluate("document.querySelector('#terms summary').click()");
			tab.screenshot(PICTURES.resolve("console.png"), false);
			tab.screen(1100, 760, "light");
			tab.evaluate("document.querySelector('#switchover').click()");
			tab.screenshot(PICTURES.resolve("console-switchover.png"), false);
			tab.evaluate("document.querySelector('#dialog-cancel').click()");
			Story.failover(node);
			Awaitility.await().untilAsserted(() -> assertThat(tab.read("#lede")).contains("b is becoming leader"));
			tab.screen(1100, 920, "dark");
			tab.screenshot(PICTURES.resolve("console-failover.png"), false);
			tab.screen(360, 900, "dark");
			tab.screenshot(PICTURES.resolve("console-phone.png"), false);
		}
	}

}
