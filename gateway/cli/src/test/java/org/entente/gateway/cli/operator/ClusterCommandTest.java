package org.entente.gateway.cli.operator;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.admin.AdminServer;
import org.entente.gateway.admin.Readiness;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.cli.failure.ExitCode;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.meter.Meters;
import org.entente.proto.v1.ClusterMachine;
import org.entente.proto.v1.ClusterRole;
import org.entente.proto.v1.ClusterState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code entente cluster} prints of the answers of an admin port. */
class ClusterCommandTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);
  private final CommandFixture command = new CommandFixture();

  private static ClusterState.Builder machines(String... names) {
    ClusterState.Builder state = ClusterState.newBuilder().setNode("fr-1").setTerm(3).setCommits(7);
    for (String name : names) {
      state.addMachines(ClusterMachine.newBuilder().setNode(name).setAddress(name + ":9450"));
    }
    return state;
  }

  /** Runs {@code cluster status} at an admin port that answers so. */
  private int status(String answer, String... more) throws IOException {
    Readiness readiness =
        new Readiness() {
          @Override
          public List<String> obstacles() {
            return List.of();
          }

          @Override
          public boolean leads() {
            return true;
          }

          @Override
          public List<String> warnings() {
            return List.of();
          }

          @Override
          public Optional<String> cluster() {
            return Optional.of(answer);
          }
        };
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (AdminServer server = AdminServer.start(any, new Meters(), readiness)) {
      return status(server.address(), more);
    }
  }

  private int status(InetSocketAddress admin, String... more) {
    List<String> words = new ArrayList<>(List.of("cluster", "status", "--config"));
    words.add(federation.config(FR).toString());
    words.addAll(List.of("--admin", "127.0.0.1:" + admin.getPort()));
    words.addAll(List.of(more));
    return command.run(words);
  }

  private static String json(ClusterState.Builder state) throws InvalidProtocolBufferException {
    return JsonFormat.printer().print(state);
  }

  @Test
  void leader_showsWhoLagsAndWhoseKeysAreMissing() throws IOException {
    ClusterState.Builder state =
        machines("fr-1", "fr-2", "fr-3")
            .setRole(ClusterRole.CLUSTER_ROLE_LEADER)
            .setServes(true)
            .setLeader("fr-1")
            .addNotes("cluster: fr-3 (fr-3:9450) has not answered for 61 s");
    state.getMachinesBuilder(0).setKeysConfirmed(true);
    state.getMachinesBuilder(1).setKeysConfirmed(true).setSilentMs(140);
    state.getMachinesBuilder(2).setKeysConfirmed(false).setSilentMs(61_000).setBehind(1234);

    assertEquals(0, status(json(state)), command::err);
    assertEquals(
        """
        fr-1 leads, term 3, 7 commits applied
        machine  address    lead   entries behind  heard         keys
        fr-1     fr-1:9450  leads  0               this machine  confirmed
        fr-2     fr-2:9450         0               0.1 s ago     confirmed
        fr-3     fr-3:9450         1234            61.0 s ago    not confirmed
        cluster: fr-3 (fr-3:9450) has not answered for 61 s
        """,
        command.out());
  }

  @Test
  void machineWithoutALeader_saysSo_byItsExitCodeToo() throws IOException {
    String alone =
        json(
            machines("fr-1", "fr-2")
                .setRole(ClusterRole.CLUSTER_ROLE_CANDIDATE)
                .addNotes("cluster: this node knows of no leader"));

    assertEquals(ExitCode.FAILED.number(), status(alone));
    assertTrue(command.out().startsWith("fr-1 knows of no leader, term 3"), command::out);
    assertEquals(ExitCode.FAILED.number(), status(alone, "--json"));
    assertTrue(command.out().contains("\"role\":\"CLUSTER_ROLE_CANDIDATE\""), command::out);
    assertEquals(1, command.out().lines().count());
  }

  @Test
  void otherProgramAtTheAdminPort_isNoCluster() throws IOException {
    assertEquals(ExitCode.FAILED.number(), status("<html>"));
    assertTrue(command.err().contains("is this a gateway's admin port?"), command::err);
  }

  @Test
  void gatewayOnOneMachine_saysThatItHasNoOther() {
    assertEquals(ExitCode.FAILED.number(), status(federation.gateway(FR).adminAddress()));
    assertTrue(command.err().contains("this gateway runs on one machine"), command::err);

    List<String> words = new ArrayList<>(List.of("cluster", "transfer", "fr-2"));
    words.addAll(List.of("--officer", "FR-3", "--justification", "ticket 12"));
    words.addAll(CommandFixture.client(federation, FR));
    assertEquals(ExitCode.REFUSED.number(), command.run(words));
    assertTrue(command.err().contains("this gateway runs on one machine"), command::err);
    assertTrue(command.err().contains("who must act: the operator of this gateway"), command::err);
  }
}
