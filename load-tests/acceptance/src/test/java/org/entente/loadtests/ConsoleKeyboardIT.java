package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Chromium;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** The console in Chromium, for a person who has only a keyboard. */
@Tag("extended")
@Tag("console")
final class ConsoleKeyboardIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";

  /** More presses than any of these pages has places; a date has seven. */
  private static final int ENOUGH = 60;

  private static final String SKIP = "Skip to the content";

  /** Names the element with the focus: its id, title or text; empty for the page itself. */
  private static final String FOCUS =
      "const it = document.activeElement;"
          + "return it === document.body || !it ? ''"
          + "  : it.id || it.getAttribute('aria-labelledby') || it.textContent.trim();";

  /** Whether a person sees where the focus is: a thick outline, inside the window. */
  private static final String IS_VISIBLE =
      "const it = document.activeElement;"
          + "const style = getComputedStyle(it);"
          + "const at = it.getBoundingClientRect();"
          + "return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2"
          + "  && at.bottom > 0 && at.top < innerHeight && at.right > 0 && at.left < innerWidth;";

  @TempDir private Path folder;
  @AutoClose private Federation federation;

  @AutoClose("quit")
  private ChromeDriver browser;

  @BeforeEach
  void start() throws IOException {
    federation = Federation.mint(ConfigurationHome.find(), folder);
    browser = Chromium.start(folder.resolve("browser"));
    federation.start(List.of(FR, DE));
  }

  private void open(String client, String title) {
    browser.get(Chromium.console(federation, FR, client));
    until("h1", title);
  }

  private void until(String selector, String text) {
    Chromium.until(browser, selector, text);
  }

  private void press(CharSequence keys) {
    new Actions(browser).sendKeys(keys).perform();
  }

  private void back() {
    new Actions(browser).keyDown(Keys.SHIFT).sendKeys(Keys.TAB).keyUp(Keys.SHIFT).perform();
  }

  private String focus() {
    return String.valueOf(browser.executeScript(FOCUS));
  }

  /** Presses Tab until the focus is on an element, and sees it on the way. */
  private void reach(String name) {
    List<String> passed = new ArrayList<>();
    while (passed.size() < ENOUGH) {
      press(Keys.TAB);
      String at = focus();
      passed.add(at);
      if (!at.isEmpty()) {
        assertEquals(true, browser.executeScript(IS_VISIBLE), "the focus is seen on " + at);
      }
      if (at.equals(name)) {
        return;
      }
    }
    throw new AssertionError(name + " is not reached: " + passed);
  }

  /** Where Tab leads, from the top of the page until it comes round or leaves the page. */
  private List<String> round() {
    List<String> places = new ArrayList<>();
    for (int i = 0; i < ENOUGH; i++) {
      press(Keys.TAB);
      String at = focus();
      if (!places.isEmpty() && (at.isEmpty() || at.equals(places.get(0)))) {
        return places;
      }
      if (places.isEmpty() || !at.equals(places.get(places.size() - 1))) {
        places.add(at); // the parts of a date are one place
      }
    }
    throw new AssertionError("the focus does not come round: " + places);
  }

  @Test
  void pages_areReachedByTab_andTheirTablesToo() {
    open("operator", "Can traffic flow?");
    assertEquals(List.of(SKIP, "Overview", "Map", "Peers", "Rates", "Refusals"), round());
    reach(SKIP);
    press(Keys.ENTER);
    assertEquals("main", focus(), "the way past the navigation");
    back();
    assertEquals("Refusals", focus());
    back();
    back();
    press(Keys.ENTER);
    until("h1", "Peers");
    reach("links");
  }
}
