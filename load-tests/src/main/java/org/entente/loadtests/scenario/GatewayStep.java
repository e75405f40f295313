package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.entente.loadtests.federation.Federation;

/**
 * Something happens to a gateway.
 *
 * @param agency whose
 * @param does what happens
 */
record GatewayStep(
    @JsonProperty(required = true) String agency, @JsonProperty(required = true) Event does)
    implements Act {
  /** What can happen to it. */
  enum Event {
    /** It is stopped in order. */
    STOP,
    /** Its process is killed, as by a loss of power. */
    KILL,
    /** It is started on what it left, until it is ready. */
    START
  }

  @Override
  public String word() {
    return "gateway";
  }

  @Override
  public void check(Checking checking, String field) {
    checking.agency(field + ".agency", agency);
  }

  @Override
  public void perform(Stage stage, Findings findings) {
    Federation federation = stage.federation();
    switch (does) {
      case STOP -> federation.stop(agency);
      case KILL -> federation.kill(agency);
      case START -> federation.start(List.of(agency));
    }
    boolean runs = federation.running().contains(agency) && !federation.crashed().contains(agency);
    findings.same(
        agency + (does == Event.START ? " runs" : " does not run"),
        agency + (runs ? " runs" : " does not run"));
  }
}
