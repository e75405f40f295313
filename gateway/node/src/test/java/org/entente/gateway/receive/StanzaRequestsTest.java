package org.entente.gateway.receive;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;
import org.junit.jupiter.api.Test;

/** Requests for new stanzas: one for each origin, whatever comes. */
class StanzaRequestsTest {
  private final StanzaRequests requests = new StanzaRequests();
  private final List<String> asked = new ArrayList<>();

  private static OriginNumber number(long sequence) {
    return new OriginNumber(1, Lane.ROUTINE, sequence);
  }

  private void add(AgencyName origin, long from, long to) {
    for (long sequence = from; sequence <= to; sequence++) {
      requests.add(origin, List.of(number(sequence)));
    }
  }

  private List<String> sent() {
    asked.clear();
    requests.send((origin, numbers) -> asked.add(origin + " " + numbers.size()));
    return asked.stream().sorted().toList();
  }

  /** Threat 93. */
  @Test
  void numbersOfOneOrigin_areOneRequest_howeverManyDeliveriesDoNotOpen() {
    add(FR, 1, 100);
    add(FR, 1, 100);
    add(SG, 7, 7);
    assertEquals(List.of("fr.customs 100", "sg.police 1"), sent());
    assertEquals(List.of(), sent());
    add(FR, 1, 1);
    assertEquals(List.of("fr.customs 1"), sent());
  }

  @Test
  void numbersBeyondARequest_areLeftToTheOrigin_andOthersOriginsAreAsked() {
    add(FR, 1, 5_000);
    add(SG, 1, 1);
    assertEquals(List.of("fr.customs 1024", "sg.police 1"), sent());
    assertEquals(List.of(), sent());
  }
}
