package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Chromium;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
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

  @TempDir private static Path folder;
  @AutoClose private static Federation federation;

  @AutoClose("quit")
  private static ChromeDriver browser;

  @BeforeAll
  static void start() throws IOException {
    federation = Federation.mint(ConfigurationHome.find(), folder);
    browser = Chromium.start(folder.resolve("browser"));
    federation.start(List.of(FR, DE));
  }

  /** The next test is another person, who opens the console again. */
  @AfterEach
  void leave() {
    Chromium.leave(browser);
  }

  private void open(String client, String title) {
    browser.get(Chromium.console(federation, FR, client));
    until("h1", title);
  }

  private void until(String selector, String text) {
    Chromium.until(browser, selector, text);
  }

  private void press(CharSequence... keys) {
    new Actions(browser).sendKeys(keys).perform();
  }

  private void with(Keys modifier, CharSequence key) {
    new Actions(browser).keyDown(modifier).sendKeys(key).keyUp(modifier).perform();
  }

  private void back() {
    with(Keys.SHIFT, Keys.TAB);
  }

  private String focus() {
    return String.valueOf(browser.executeScript(FOCUS));
  }

  private String value(String id) {
    return String.valueOf(
        browser.executeScript("return document.getElementById(arguments[0]).value;", id));
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

  @Test
  void officer_followsAMessage_byKeyboardAlone() {
    String id =
        Publications.accepted(
                federation.channel(FR, "declarations"), Publications.draft(DE, "not to be shown"))
            .toString();
    open("declarations", "One message");
    assertEquals(List.of(SKIP, "Message", "Policy", "id", "density", "Show"), round());
    reach("id");
    press(Keys.ENTER);
    assertEquals("id", focus(), "an id is required, and the focus stays where it is missing");
    press("no id", Keys.ENTER);
    until("[role=alert]", "32 hex digits");
    reach("id");
    with(Keys.CONTROL, "a");
    press(id);
    reach("density");
    press("full");
    assertEquals("full", value("density"));
    press(Keys.TAB, Keys.SPACE);
    until("th:last-child", "Details");
    Patience.untilSaid(
        () -> {
          reach("Show"); // again, until the message has arrived
          press(Keys.SPACE);
          return Chromium.text(browser, "tbody");
        },
        "de.customs delivery de.customs");
    reach("evidence");
    press(Keys.TAB);
    assertNotEquals("evidence", focus(), "the focus leaves the table");
  }

  @Test
  void auditor_searchesTheLog_byKeyboardAlone() {
    String id =
        Publications.accepted(
                federation.channel(FR, "declarations"), Publications.draft(DE, "not to be shown"))
            .toString();
    open("auditor", "Audit search");
    List<String> form =
        List.of(
            "message", "subject", "event", "client", "officer", "from", "to", "asker", "reason");
    List<String> round = round();
    assertTrue(
        String.join(" ", round).endsWith(String.join(" ", form) + " Search"), round::toString);
    reach("message");
    press(id);
    reach("event");
    press("ACCEPTED");
    assertEquals("ACCEPTED", value("event"));
    press(Keys.ARROW_DOWN);
    assertEquals("ATTACHMENT_FETCHED", value("event"));
    press(Keys.ARROW_UP, Keys.ESCAPE);
    assertEquals("event", focus());
    assertEquals("ACCEPTED", value("event"), "Escape changes nothing");
    reach("Search");
    press(Keys.ENTER);
    assertEquals("asker", focus(), "the first field that is required and empty");
    press("FR-9");
    reach("reason");
    press("access request 12/26", Keys.ENTER);
    until("tbody", "ACCEPTED");
    reach("leaves");
    press(Keys.TAB);
    assertNotEquals("leaves", focus(), "the focus leaves the table");
  }

  @Test
  void author_asksWhatPolicyWouldDecide_byKeyboardAlone() {
    open("declarations", "One message");
    reach("Policy");
    press(Keys.ENTER);
    until("h1", "What would policy decide?");
    reach("to");
    press("de.custom");
    reach("category");
    press("IPR");
    reach("purpose");
    press("IPR_ENF");
    assertEquals("IPR_ENFORCEMENT", value("purpose"));
    reach("personal_data");
    press(Keys.SPACE);
    assertEquals(
        true, browser.executeScript("return document.getElementById('personal_data').checked;"));
    reach("Ask");
    press(Keys.SPACE);
    until("main", "did you mean \"de.customs\"?");
    reach("to");
    press(Keys.END, "s", Keys.ENTER);
    until("tbody th", DE);
    reach("recipients");
    press(Keys.TAB);
    assertNotEquals("recipients", focus(), "the focus leaves the table");
  }
}
