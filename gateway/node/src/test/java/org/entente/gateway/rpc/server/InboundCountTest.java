package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.Holding;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Threat 74: bytes of incomplete messages, counted for each agency and each client. */
class InboundCountTest {
  private static final int MIB = 1 << 20;

  private final Accounts accounts =
      Accounts.ofAgencies(NodeConfig.Limits.DEFAULT, System::nanoTime);

  private final class Stream {
    final InboundCount bytes = new InboundCount();
    @Nullable Problem end;

    Stream(String agency) {
      this(accounts.of(agency), InboundCount.OF_AGENCY);
    }

    Stream(Account caller, Problem full) {
      bytes.belongsTo(caller, full, problem -> end = problem);
      bytes.begins();
    }

    Stream greeted() {
      bytes.arrived(200);
      bytes.processed();
      bytes.allow(Integer.MAX_VALUE);
      bytes.begins();
      return this;
    }

    boolean ended() {
      return end != null;
    }
  }

  @Test
  void firstMessage_mayBeSmallOnly_andLaterOnesLarge() {
    Stream first = new Stream("de.customs");
    first.bytes.arrived(InboundCount.FIRST_MESSAGE_BYTES);
    assertFalse(first.ended());
    first.bytes.arrived(1);
    assertTrue(first.end != null && first.end.code() == Code.TOO_LARGE);
    Stream greeted = new Stream("de.customs").greeted();
    greeted.bytes.arrived(40 * MIB);
    assertFalse(greeted.ended());
  }

  @Test
  void halfMessages_ofAnAgency_endAtItsShare_andAnotherHasItsOwn() {
    Stream one = new Stream("de.customs").greeted();
    Stream two = new Stream("de.customs").greeted();
    one.bytes.arrived(40 * MIB);
    two.bytes.arrived(20 * MIB);
    assertFalse(one.ended() || two.ended());
    two.bytes.arrived(20 * MIB);
    assertTrue(two.end != null && two.end.code() == Code.LIMIT_REACHED);
    assertFalse(one.ended());
    two.bytes.ended();
    Stream other = new Stream("x.hub").greeted();
    other.bytes.arrived(40 * MIB);
    assertFalse(other.ended());
    assertEquals(80L * MIB, accounts.total(Holding.BUFFERED_BYTES));
    one.bytes.ended();
    other.bytes.processed();
    assertEquals(0, accounts.total(Holding.BUFFERED_BYTES));
  }

  @Test
  void halfMessages_ofAClientsStreams_endAtItsShare_andWholeOnesDoNot() {
    Accounts clients = Accounts.ofClients(NodeConfig.Limits.DEFAULT, System::nanoTime);
    Stream whole = ofClient(clients.of("publisher"));
    assertTrue(clients.of("publisher").hold(Holding.BUFFERED_BYTES, 32 * MIB));
    for (int i = 0; i < 100; i++) {
      whole.bytes.begins();
      whole.bytes.arrived(MIB);
      whole.bytes.whole();
    }
    assertEquals(0, clients.total(Holding.INCOMPLETE_BYTES));
    Stream half = ofClient(clients.of("publisher"));
    half.bytes.arrived(31 * MIB);
    whole.bytes.begins();
    whole.bytes.arrived(MIB);
    assertFalse(half.ended() || whole.ended());
    half.bytes.arrived(1);
    assertTrue(half.end != null && half.end.code() == Code.OVERLOADED);
    assertFalse(whole.ended());
    Stream other = ofClient(clients.of("other"));
    other.bytes.arrived(32 * MIB);
    assertFalse(other.ended());
    half.bytes.ended();
    whole.bytes.ended();
    other.bytes.ended();
    assertEquals(0, clients.total(Holding.INCOMPLETE_BYTES));
  }

  private Stream ofClient(Account client) {
    Stream stream = new Stream(client, InboundCount.OF_CLIENT);
    stream.bytes.allow(Integer.MAX_VALUE);
    stream.bytes.untilWhole();
    return stream;
  }

  @Test
  void halfMessages_ofMoreAgenciesThanThePortHolds_leaveEachItsOwnMebibyte() {
    for (String hostile : new String[] {"de.customs", "x.hub", "sg.police"}) {
      Stream stream = new Stream(hostile).greeted();
      stream.bytes.arrived(64 * MIB);
      assertFalse(stream.ended());
    }
    Stream honest = new Stream("fr.customs");
    honest.greeted();
    honest.bytes.arrived(Accounts.OWN_BYTES);
    assertFalse(honest.ended());
    honest.bytes.processed();
    honest.bytes.begins();
    honest.bytes.arrived(2 * MIB);
    assertTrue(honest.ended());
  }
}
