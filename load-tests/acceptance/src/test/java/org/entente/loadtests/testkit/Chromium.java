package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.entente.loadtests.federation.Federation;
import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;

/** Debian's Chromium without a window, and the console in it. */
public final class Chromium {
  private static final Path PROGRAM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  private Chromium() {}

  /** A browser with an empty profile in a new folder; skips the test where there is none. */
  public static ChromeDriver start(Path profile) throws IOException {
    AcceptanceRequirement.present(
        Files.isExecutable(PROGRAM) && Files.isExecutable(DRIVER),
        "Debian's packages chromium and chromium-driver");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(PROGRAM.toFile());
    options.setCapability("goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL"));
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
        "--user-data-dir=" + Files.createDirectory(profile));
    return new ChromeDriver(
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File(DRIVER.toString()))
            .build(),
        options);
  }

  /** An address that opens the console of an agency's gateway once, for one of its clients. */
  public static String console(Federation federation, String agency, String client) {
    Child asked = Child.of(federation, agency, client, "console");
    assertEquals(0, asked.code(), asked.err());
    return asked.out().strip();
  }

  /** Forgets the session and the page. */
  public static void leave(ChromeDriver browser) {
    browser.manage().deleteAllCookies();
    browser.get("about:blank");
  }

  /** The text of the first element of a selector; empty while there is none. */
  public static String text(ChromeDriver browser, String selector) {
    try {
      List<WebElement> found = browser.findElements(By.cssSelector(selector));
      return found.isEmpty() ? "" : String.valueOf(found.get(0).getText());
    } catch (StaleElementReferenceException another) {
      return ""; // the next page came meanwhile
    }
  }

  /** Waits until an element has this text. */
  public static void until(ChromeDriver browser, String selector, String text) {
    Patience.untilSaid(() -> text(browser, selector), text);
  }
}
