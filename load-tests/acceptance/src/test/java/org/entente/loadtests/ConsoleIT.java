package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** The console in Chromium, of a gateway that runs and is killed. */
@Tag("extended")
@Tag("console")
final class ConsoleIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Path AXE =
      ConfigurationHome.find().folder().resolve("load-tests/node/node_modules/axe-core/axe.min.js");
  private static final Path SCREENSHOTS = Path.of("target", "console");
  private static final int STRANGERS = 500;

  @TempDir private Path folder;
  @AutoClose private Federation federation;

  @AutoClose("quit")
  private ChromeDriver browser;

  @BeforeEach
  void start() throws IOException {
    AcceptanceRequirement.present(
        Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
        "Debian's packages chromium and chromium-driver");
    AcceptanceRequirement.present(Files.exists(AXE), "npm ci in load-tests/node");
    federation = Federation.mint(ConfigurationHome.find(), folder);
    linkToStrangers();
    federation.start(List.of(FR, DE));
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
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
        "--user-data-dir=" + Files.createDirectory(folder.resolve("browser")));
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(DRIVER.toString()))
                .build(),
            options);
  }

  /** Agencies that never come, beside the two that do. */
  private void linkToStrangers() throws IOException {
    Path file = federation.plan(FR).config();
    String strangers =
        IntStream.rangeClosed(1, STRANGERS)
            .mapToObj("- peer: \"x.stranger-%03d\"%n"::formatted)
            .collect(Collectors.joining());
    String yaml = Files.readString(file);
    assertTrue(yaml.contains("links:\n"), yaml);
    Files.writeString(file, yaml.replace("links:\n", "links:\n" + strangers));
  }

  private String address() {
    Child asked = Child.of(federation, FR, "operator", "console");
    assertEquals(0, asked.code(), asked.err());
    return asked.out().strip();
  }

  private void enter() {
    browser.get(address());
    until("h1", "Can traffic flow?");
  }

  private void until(String selector, String text) {
    Patience.untilSaid(() -> text(selector), text);
  }

  private String text(String selector) {
    List<WebElement> found = browser.findElements(By.cssSelector(selector));
    return found.isEmpty() ? "" : String.valueOf(found.get(0).getText());
  }

  private void screenshot(String name) throws IOException {
    Files.createDirectories(SCREENSHOTS);
    Files.write(SCREENSHOTS.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
  }

  private void prefer(String scheme) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** What axe finds wrong with the page. */
  private String violations() throws IOException {
    browser.executeScript(Files.readString(AXE) + "; window.axe = axe;");
    return String.valueOf(
        browser.executeAsyncScript(
            "const done = arguments[0];"
                + "axe.run(document, { resultTypes: ['violations'] }).then("
                + "  found => done(found.violations.map("
                + "    it => it.id + ': ' + it.nodes[0].html).join('\\n')),"
                + "  failed => done(String(failed)));"));
  }

  @Test
  void operator_seesWhetherTrafficFlows_andTheAddressOpensOnce() throws Exception {
    String address = address();
    browser.get(address);
    until("h1", "Can traffic flow?");
    assertFalse(String.valueOf(browser.getCurrentUrl()).contains("#"), "no token is left");
    until("#live", "Live");
    until(".verdict", "Yes, with warnings");
    assertTrue(text(".findings").contains("docs/operate/operating.md#links-and-lanes"));

    browser.findElement(By.linkText("Peers")).click();
    until("h1", "Peers");
    assertEquals(STRANGERS + 2, browser.findElements(By.cssSelector("tbody tr")).size(), "rows");
    until("[data-figure='de.customs.state']", "up");
    screenshot("peers");
    federation.kill(DE);
    until("[data-figure='de.customs.state']", "down");
    assertEquals(
        "bad",
        browser
            .findElement(By.cssSelector("[data-figure='de.customs.state']"))
            .getAttribute("data-state"));

    assertEquals(
        List.of(),
        browser.manage().logs().get(LogType.BROWSER).getAll().stream()
            .map(LogEntry::getMessage)
            .filter(said -> said.contains("Policy"))
            .toList(),
        "nothing that the page does breaks its own policy");

    browser.manage().deleteAllCookies();
    browser.get(address);
    until("h1", "Open the console");
    until("main p", "used before");
  }

  @Test
  void pages_inLightAndDark_haveNothingThatAxeFinds() throws Exception {
    Outcome refused =
        PublisherGrpc.newBlockingStub(federation.channel(FR, "declarations"))
            .publish(
                PublishRequest.newBuilder()
                    .setDraft(
                        Publications.draft("x.hub", "nothing to see").toBuilder()
                            .setIdempotencyKey("refused"))
                    .build())
            .getOutcome();
    assertTrue(refused.hasRefused(), refused::toString);
    enter();
    String base = String.valueOf(browser.getCurrentUrl());
    List<String> found = new ArrayList<>();
    for (String scheme : List.of("light", "dark")) {
      prefer(scheme);
      for (String page : List.of("", "peers", "refusals", "enter", "nothing")) {
        browser.get(base + page);
        String violations = violations();
        if (!violations.isEmpty()) {
          found.add(scheme + " " + page + ": " + violations);
        }
        screenshot((page.isEmpty() ? "overview" : page) + "-" + scheme);
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void officer_followsAMessage_byItsEvidence() throws Exception {
    String id =
        Publications.accepted(
                federation.channel(FR, "declarations"), Publications.draft(DE, "not to be shown"))
            .toString();
    Child asked = Child.of(federation, FR, "declarations", "console");
    browser.get(asked.out().strip());
    until("h1", "One message");
    for (String density : List.of("brief", "full")) {
      Patience.untilSaid(
          () -> {
            browser.findElement(By.id("id")).clear();
            browser.findElement(By.id("id")).sendKeys(id);
            browser.findElement(By.id("density")).sendKeys(density);
            browser.findElement(By.cssSelector("main button")).click();
            return text("tbody");
          },
          "de.customs delivery de.customs");
      assertFalse(text("main").contains("not to be shown"));
      assertEquals("", violations());
      screenshot("message-" + density);
    }
  }

  @Test
  void keyboard_reachesEveryPage_andTheTable() {
    enter();
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      new Actions(browser).sendKeys(Keys.TAB).perform();
      reached.add(String.valueOf(browser.switchTo().activeElement().getText()));
    }
    assertEquals(
        List.of("Skip to the content", "Overview", "Peers", "Refusals", "Message"), reached);
    for (int i = 0; i < 2; i++) {
      new Actions(browser).keyDown(Keys.SHIFT).sendKeys(Keys.TAB).keyUp(Keys.SHIFT).perform();
    }
    new Actions(browser).sendKeys(Keys.ENTER).perform();
    until("h1", "Peers");
    for (int i = 0; i < 6; i++) {
      new Actions(browser).sendKeys(Keys.TAB).perform();
    }
    assertEquals("region", browser.switchTo().activeElement().getAttribute("role"));
  }

  @Test
  void gatewayThatIsKilled_isSaidToHaveStopped() throws Exception {
    enter();
    until("#live", "Live");
    federation.kill(FR);
    until("#live", "Stopped: the gateway does not answer.");
    assertTrue(
        browser
            .findElement(By.cssSelector(".verdict [data-figure]"))
            .getCssValue("text-decoration")
            .contains("line-through"));
    screenshot("stopped");
  }
}
