package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.entente.gateway.client.ErrorDetails;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.ConsoleGrpc;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.OpenConsoleRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The console of a gateway that runs. */
class ConsolePathTest {
  private static final String HEADLINE = "Wine that is no wine";
  private static final String WHO = "&asker=FR-9&reason=request+12%2F26";

  @RegisterExtension final RunningFederation federation = new RunningFederation(DE);

  private final HttpClient browser = HttpClient.newHttpClient();

  private HttpResponse<String> get(String address, String cookie) throws Exception {
    return browser.send(
        HttpRequest.newBuilder(URI.create(address)).header("Cookie", cookie).build(),
        BodyHandlers.ofString());
  }

  private String open(String agency) {
    return ConsoleGrpc.newBlockingStub(federation.channel(agency))
        .openConsole(OpenConsoleRequest.getDefaultInstance())
        .getAddress();
  }

  private void turnOn(String agency) throws IOException {
    Files.writeString(federation.config(agency), "console: {}\n", StandardOpenOption.APPEND);
  }

  private void letAudit(String agency) throws IOException {
    Path config = federation.config(agency);
    Files.writeString(
        config, Files.readString(config).replace("scopes: [publish,", "scopes: [audit, publish,"));
  }

  @Test
  void console_showsTheStateOfItsGateway_andNoContent() throws Exception {
    turnOn(FR);
    federation.start(FR);
    federation.send(FR, HEADLINE, Duration.ofHours(1), DE);
    URI address = URI.create(open(FR));
    String base = "http://" + address.getAuthority() + "/console/";
    assertEquals(federation.gateway(FR).adminAddress().getPort(), address.getPort());
    String cookie = enter(address);

    federation.await(
        "the link is up", () -> page(base + "peers", cookie).contains("data-state=\"good\">up<"));
    String peers = page(base + "peers", cookie);
    assertTrue(peers.contains(DE), peers);
    String overview = page(base, cookie);
    assertTrue(overview.contains("gateway.audit"), overview);
    assertTrue(overview.contains("See:</strong> <code>docs/security/audit.md#witnesses"), overview);
    assertFalse(overview.contains("unknown"), overview);
    String map = page(base + "map", cookie);
    assertTrue(map.contains("data-figure=\"de.customs.flow\" data-state=\"good\">yes<"), map);
    federation.await(
        "the rates were read", () -> page(base + "rates", cookie).contains("<tr data-at="));
    for (String name : new String[] {"", "map", "peers", "rates", "refusals"}) {
      assertFalse(page(base + name, cookie).contains("wine"), name);
    }
    assertEquals(404, get(base + "nothing", cookie).statusCode());
  }

  /** A misspelt name in the configuration makes no agency of it. */
  @Test
  void map_ofAPeerThatIsNotInTheTrustBundle_callsItUnknown() throws Exception {
    turnOn(FR);
    Path config = federation.config(FR);
    Files.writeString(
        config, Files.readString(config).replace("links:\n", "links:\n  - peer: de.custom\n"));
    federation.start(FR);
    URI address = URI.create(open(FR));
    String map = page("http://" + address.getAuthority() + "/console/map", enter(address));
    assertTrue(map.contains("data-agency=\"de.custom\" data-role=\"unknown\""), map);
    assertTrue(map.contains("data-agency=\"de.customs\" data-role=\"peer\""), map);
  }

  private String enter(URI address) throws Exception {
    HttpResponse<String> entered =
        post(address.resolve("/console/enter"), "", "token=" + address.getFragment());
    assertEquals(303, entered.statusCode());
    return entered.headers().firstValue("set-cookie").orElse("").replaceFirst(";.*", "");
  }

  private HttpResponse<String> post(URI address, String cookie, String form) throws Exception {
    return browser.send(
        HttpRequest.newBuilder(address)
            .header("Origin", "http://" + address.getAuthority())
            .header("Cookie", cookie)
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  private String answer(URI address, String cookie, String form) throws Exception {
    HttpResponse<String> answer = post(address, cookie, form);
    assertEquals(200, answer.statusCode(), answer.body());
    assertFalse(answer.body().contains("wine"), answer.body());
    return answer.body();
  }

  @Test
  void auditSearch_findsLeaves_andIsOneItself() throws Exception {
    turnOn(FR);
    letAudit(FR);
    federation.start(FR);
    federation.send(FR, HEADLINE, Duration.ofHours(1), DE);
    URI address = URI.create(open(FR));
    String cookie = enter(address);
    URI audit = address.resolve("/console/audit");

    String found = answer(audit, cookie, "event=ACCEPTED" + WHO);
    assertTrue(found.contains("<td>ACCEPTED</td>"), found);
    assertTrue(found.contains("href=\"/console/message?id="), found);
    assertTrue(found.contains("One leaf, to the end of the log."), found);
    String own = answer(audit, cookie, "event=OPERATOR_ACTION&officer=FR-9" + WHO);
    assertTrue(own.contains("export of a period, only ACCEPTED: 1 leaves"), own);
    assertTrue(own.contains("officer FR-9"), own);
    String refused = answer(audit, cookie, "asker=FR-9&reason=");
    assertTrue(refused.contains("on_behalf_of.justification: must give a reason"), refused);
  }

  @Test
  void playground_saysWhatPolicyDecides_andSendsNothing() throws Exception {
    turnOn(FR);
    letAudit(FR);
    federation.start(FR);
    URI address = URI.create(open(FR));
    String cookie = enter(address);
    URI policy = address.resolve("/console/policy");
    Draft sent = federation.draft(HEADLINE, Duration.ofHours(1), DE);
    String label =
        "kind=ALERT&classification=UNCLASSIFIED&category="
            + EnumNames.word(sent.getLabel().getCategory());
    String permitted =
        answer(
            policy,
            cookie,
            label + "&to=" + DE + "&purpose=" + EnumNames.word(sent.getLabel().getPurpose()));
    assertTrue(permitted.contains("permitted by warnings"), permitted);
    String refused = answer(policy, cookie, label + "&to=x.nobody&purpose=CUSTOMS_CONTROL");
    assertTrue(refused.contains("would be refused"), refused);
    String malformed = answer(policy, cookie, label + "&to=" + DE);
    assertTrue(malformed.contains("label.purpose: "), malformed);
    URI audit = address.resolve("/console/audit");
    for (String event : new String[] {"ACCEPTED", "REFUSED", "HELD"}) {
      String leaves = answer(audit, cookie, "event=" + event + WHO);
      assertTrue(leaves.contains("No leaf, to the end of the log."), leaves);
    }
  }

  private String page(String address, String cookie) {
    try {
      HttpResponse<String> page = get(address, cookie);
      assertEquals(200, page.statusCode());
      return page.body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void console_thatIsNotConfigured_isNotThere() throws Exception {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, () -> open(DE));
    String off = "the console is off; `console: {}` in the gateway's configuration turns it on";
    assertTrue(String.valueOf(refused.getMessage()).contains(off), refused::getMessage);
    ErrorInfo info = ErrorDetails.of(refused).orElseThrow();
    assertEquals("NOT_CONFIGURED", info.getReason());
    assertEquals("OPERATOR", info.getMetadataOrThrow("who_must_act"), "the caller can do nothing");
    String base = "http://127.0.0.1:" + federation.gateway(DE).adminAddress().getPort();
    for (String path : List.of("/console", "/console/", "/console/enter")) {
      HttpResponse<String> absent = get(base + path, "");
      assertEquals(404, absent.statusCode());
      assertTrue(absent.body().startsWith(off), absent::body);
    }
    assertTrue(get(base + "/consoles", "").body().startsWith("not found; valid are /metrics"));
  }
}
