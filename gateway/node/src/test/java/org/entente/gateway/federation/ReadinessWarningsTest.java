package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code /readyz} warns of although the gateway serves. */
class ReadinessWarningsTest {
  private static final String NO_LINK = "warning: link: none is up";
  private static final String CERTIFICATE = "warning: tls: the certificate ends on ";

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private boolean warns(String warning) {
    return federation.scrape(FR, "readyz").contains("\n" + warning);
  }

  @Test
  void noLinkUp_isAWarningUntilOneIs() {
    federation.start(FR);
    assertTrue(warns(NO_LINK));
    federation.start(DE);
    federation.await("a link is up", () -> !warns(NO_LINK));
    federation.stop(DE);
    federation.await("the link is down", () -> warns(NO_LINK));
  }

  @Test
  void certificateInItsLastWeek_isAWarning() {
    federation.start(FR);
    federation.clock.move(Duration.ofDays(52));
    assertFalse(warns(CERTIFICATE));
    federation.clock.move(Duration.ofDays(2));
    assertTrue(warns(CERTIFICATE));
    assertTrue(warns("warning: trust: "), "the bundle ends with it");
  }

  @Test
  void noAgreementInForce_isAWarningUntilOneIs() throws IOException {
    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    String written = Files.readString(agreement);
    Files.delete(agreement);
    federation.start(FR, HUB);
    String lack = "warning: policy: " + agreement.getParent() + " holds no agreement";
    assertTrue(warns(lack));
    assertFalse(federation.scrape(HUB, "readyz").contains("policy: "), "a transit needs none");

    Files.writeString(agreement, written);
    federation.doChores();
    assertFalse(warns("warning: policy: "));
  }

  @Test
  void noOtherWitness_isAWarning() {
    federation.start(FR);
    assertTrue(warns("warning: audit: no other agency is a witness"));
  }
}
