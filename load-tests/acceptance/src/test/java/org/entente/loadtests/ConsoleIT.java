package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
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
import org.entente.loadtests.testkit.Chromium;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** The console in Chromium, of a gateway that runs and is killed. */
@Tag("extended")
@Tag("console")
final class ConsoleIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final String HUB = "x.hub";
  private static final Path AXE =
      ConfigurationHome.find().folder().resolve("load-tests/node/node_modules/axe-core/axe.min.js");
  private static final Path SCREENSHOTS = Path.of("target", "console");
  private static final int STRANGERS = 500;

  @TempDir private static Path common;
  @AutoClose private static Federation shared;

  @AutoClose("quit")
  private static ChromeDriver browser;

  @TempDir private Path folder;

  /** The shared one, which a test only uses, or that of a test that configures or kills. */
  private Federation federation;

  @BeforeAll
  static void startAll() throws IOException {
    AcceptanceRequirement.present(Files.exists(AXE), "npm ci in load-tests/node");
    Files.createDirectories(SCREENSHOTS);
    browser = Chromium.start(common.resolve("browser"));
    shared = Federation.mint(ConfigurationHome.find(), common);
    shared.start(shared.agencies());
  }

  @BeforeEach
  void share() {
    federation = shared;
  }

  @AfterEach
  void leave() {
    browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    Chromium.leave(browser);
    // What this test's pages logged is no complaint of the next one's.
    var unused = complaints();
    if (!federation.equals(shared)) {
      federation.close();
    }
  }

  private void mintOwn() {
    federation = Federation.mint(ConfigurationHome.find(), folder);
  }

  /** Two gateways run, of which one has links to many agencies that never come. */
  private void runAmongStrangers() throws IOException {
    mintOwn();
    linkToStrangers();
    federation.start(List.of(FR, DE));
  }

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
    return address("operator");
  }

  private String address(String client) {
    return Chromium.console(federation, FR, client);
  }

  private WebElement find(String selector) {
    return browser.findElement(By.cssSelector(selector));
  }

  private String attribute(String selector, String name) {
    return String.valueOf(find(selector).getAttribute(name));
  }

  private void type(String id, String text) {
    find("#" + id).clear();
    find("#" + id).sendKeys(text);
  }

  /** What the pages did that their own policy forbids, or that failed. */
  private List<String> complaints() {
    return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .filter(said -> said.matches("(?s).*(Policy|Trusted|Uncaught|Error).*"))
        .filter(said -> !said.contains("favicon") && !said.contains("status of 404"))
        .toList();
  }

  private void enter() {
    browser.get(address());
    until("h1", "Can traffic flow?");
  }

  private void until(String selector, String text) {
    Chromium.until(browser, selector, text);
  }

  private String text(String selector) {
    return Chromium.text(browser, selector);
  }

  private void screenshot(String name) throws IOException {
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
    runAmongStrangers();
    String address = address();
    browser.get(address);
    until("h1", "Can traffic flow?");
    assertFalse(String.valueOf(browser.getCurrentUrl()).contains("#"), "no token is left");
    until("#live", "Live");
    until(".verdict", "Yes, with warnings");
    assertEquals(List.of(), complaints(), "nothing that the page does breaks its own policy");
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

    browser.manage().deleteAllCookies();
    browser.get(address);
    until("h1", "Open the console");
    until("main p", "used before");
  }

  @Test
  void pages_inLightAndDark_haveNothingThatAxeFinds() throws Exception {
    runAmongStrangers();
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
      for (String page : List.of("", "map", "peers", "rates", "refusals", "enter", "nothing")) {
        browser.get(base + page);
        String violations = violations();
        if (!violations.isEmpty()) {
          found.add(scheme + " " + page + ": " + violations);
        }
        screenshot((page.isEmpty() ? "warnings" : page) + "-" + scheme);
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void officer_followsAMessage_byItsEvidence() throws Exception {
    runAmongStrangers();
    String id =
        Publications.accepted(
                federation.channel(FR, "declarations"), Publications.draft(DE, "not to be shown"))
            .toString();
    browser.get(address("declarations"));
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
  void map_of500Peers_isPainted_andFollowsTheLinks() throws Exception {
    runAmongStrangers();
    enter();
    find("a[href='/console/map']").click();
    int agencies = browser.findElements(By.cssSelector("#table tbody tr")).size();
    assertTrue(agencies >= STRANGERS + 2, agencies + " agencies");
    Patience.until(() -> attribute("#map", "data-nodes"), String.valueOf(agencies + 1)::equals);
    assertTrue(Integer.parseInt(attribute("#map", "data-edges")) >= STRANGERS + 2);
    Files.writeString(
        SCREENSHOTS.resolve("map-500.txt"),
        attribute("#map", "data-painted") + " ms until " + agencies + " agencies are painted");
    assertEquals("unknown", attribute("tr[data-agency='x.stranger-001']", "data-role"));
    until("[data-figure='de.customs.flow']", "yes");
    screenshot("map-500");
    federation.kill(DE);
    until("[data-figure='de.customs.state']", "down");
    assertEquals(List.of(), complaints());
  }

  /** The picture in the documentation: all links are up, and nothing needs a person. */
  @Test
  void overview_ofAFederationThatRuns_saysYes() throws Exception {
    enter();
    until("#live", "Live");
    until(".verdict", "Yes.");
    until("[data-figure='links']", "2 of 2 links up");
    until("#failed + p", "Nothing.");
    screenshot("overview");
    assertEquals(List.of(), complaints());
  }

  @Test
  void map_ofAFederation_showsTransits_andZoomsByButtons() throws Exception {
    enter();
    find("a[href='/console/map']").click();
    until("[data-figure='de.customs.flow']", "yes");
    until("[data-figure='x.hub.state']", "up");
    assertEquals("transit", attribute("tr[data-agency='x.hub']", "data-role"));
    assertEquals("x.hub", attribute("tr[data-agency='sg.police']", "data-hops"));
    until("#live", "Live");
    screenshot("map");
    Dimension window = browser.manage().window().getSize();
    double wide = Double.parseDouble(attribute("#map", "data-zoom"));
    browser.manage().window().setSize(new Dimension(500, window.getHeight()));
    Patience.until(() -> Double.parseDouble(attribute("#map", "data-zoom")), zoom -> zoom < wide);
    browser.manage().window().setSize(window);
    Patience.until(() -> Double.parseDouble(attribute("#map", "data-zoom")), zoom -> zoom == wide);
    Object before =
        browser.executeScript("return document.querySelector('#map canvas').toDataURL();");
    find("#closer").sendKeys(Keys.ENTER);
    Patience.until(
        () ->
            browser.executeScript(
                "return [...document.querySelectorAll('#map canvas')].map(it =>"
                    + " it.toDataURL()).join();"),
        after -> !after.equals(before));
    prefer("dark");
    screenshot("map-zoomed-dark");
    assertEquals(List.of(), complaints());
  }

  @Test
  void rates_ofALink_areDrawn_andGoOn() throws Exception {
    enter();
    find("a[href='/console/rates']").click();
    Patience.until(() -> attribute("#charts", "data-charts"), "3"::equals);
    int begun = Integer.parseInt(attribute("#charts", "data-points"));
    ManagedChannel declarations = federation.channel(FR, "declarations");
    for (int i = 0; i < 20; i++) {
      assertFalse(
          Publications.accepted(declarations, Publications.draft(DE, "number " + i))
              .toString()
              .isEmpty());
    }
    Patience.until(
        () -> Integer.parseInt(attribute("#charts", "data-points")), points -> points > begun + 4);
    assertEquals("de.customs", attribute("#peer", "value"));
    assertEquals("", violations());
    screenshot("rates");
    prefer("dark");
    screenshot("rates-dark");
    assertEquals(List.of(), complaints());
  }

  @Test
  void auditor_searchesTheLog_withoutContent() throws Exception {
    String id =
        Publications.accepted(
                federation.channel(FR, "declarations"), Publications.draft(DE, "not to be shown"))
            .toString();
    browser.get(address("auditor"));
    until("h1", "Audit search");
    type("message", id);
    type("asker", "FR-9");
    type("reason", "access request 12/26");
    find("main form button").click();
    until("tbody", "ACCEPTED");
    assertTrue(text("tbody").contains(id));
    type("message", "");
    find("#event").sendKeys("OPERATOR_ACTION");
    find("main form button").click();
    until("tbody", "OPERATOR_ACTION");
    assertTrue(text("tbody").contains("officer FR-9"));
    find("#event").sendKeys("any");
    type("asker", "FR-9 <b>\"'");
    find("main form button").click();
    until(".verdict", "leaves");
    screenshot("audit");
    assertFalse(text("main").contains("not to be shown"));
    assertEquals("", violations());
    prefer("dark");
    screenshot("audit-dark");
    assertEquals("", violations());
    assertEquals(List.of(), complaints());
  }

  @Test
  void author_asksWhatPolicyWouldDecide() throws Exception {
    browser.get(address("declarations"));
    until("h1", "One message");
    find("a[href='/console/policy']").click();
    until("h1", "What would policy decide?");
    find("main form button").click();
    until(".verdict", "The message");
    type("to", "de.customs sg.police x.hub");
    find("#category").sendKeys("IPR");
    find("#purpose").sendKeys("IPR_ENFORCEMENT");
    find("main form button").click();
    until("tbody", "de.customs");
    screenshot("policy");
    assertEquals("", violations());
    type("to", "<script>alert(1)</script>");
    find("main form button").click();
    until("main", "alert");
    assertEquals(0, browser.findElements(By.cssSelector("main script")).size());
    prefer("dark");
    screenshot("policy-dark");
    assertEquals("", violations());
    assertEquals(List.of(), complaints());
  }

  @Test
  void gatewayThatIsKilled_isSaidToHaveStopped() throws Exception {
    mintOwn();
    federation.start(List.of(FR, DE, HUB));
    enter();
    until("#live", "Live");
    until(".verdict", "Yes.");
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
