package org.entente.gateway.cli.operator;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TextTable;
import org.entente.gateway.node.assembly.ClusterOfOne;
import org.entente.gateway.node.doctor.AdminPort;
import org.entente.proto.v1.AttestDestroyedRequest;
import org.entente.proto.v1.AttestDestroyedResponse;
import org.entente.proto.v1.ChangeMachinesRequest;
import org.entente.proto.v1.ChangeMachinesResponse;
import org.entente.proto.v1.ClusterGrpc;
import org.entente.proto.v1.ClusterGrpc.ClusterBlockingStub;
import org.entente.proto.v1.ClusterMachine;
import org.entente.proto.v1.ClusterState;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.TransferLeadRequest;
import org.entente.proto.v1.TransferLeadResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands for the machines that run one gateway. */
@Command(
    name = "cluster",
    description = {
      "Makes a machine alone a cluster; adds, removes and replaces machines; shows them, passes",
      "the lead, and records that the keystore of a former one is destroyed.",
      "docs/operate/cluster.md says how to set them up, and what to do when one fails."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      ClusterCommand.Init.class,
      ClusterCommand.End.class,
      ClusterCommand.Status.class,
      ClusterCommand.Add.class,
      ClusterCommand.Remove.class,
      ClusterCommand.Transfer.class,
      ClusterCommand.Replace.class,
      ClusterCommand.AttestDestroyed.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente cluster init --config /var/lib/entente/fr.customs/node.yaml",
      "  entente cluster status --config /var/lib/entente/fr.customs/node.yaml",
      "  entente cluster add fr-2 --address 10.0.0.2:9450 --officer FR-3 \\",
      "    --justification 'second machine, ticket 11' --gateway 127.0.0.1:7441 \\",
      "    --credentials fr.customs/clients/operator",
      "  entente cluster transfer fr-2 --officer FR-3 --justification 'new disk, ticket 12' \\",
      "    --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operator",
      "  entente cluster replace fr-3 fr-4 --address 10.0.0.4:9450 --officer FR-3 \\",
      "    --justification 'disk lost, ticket 13' --gateway 127.0.0.1:7441 \\",
      "    --credentials fr.customs/clients/operator"
    })
public final class ClusterCommand {

  /** Makes the ledger of a machine alone that of a cluster. */
  @Command(
      name = "init",
      description = {
        "Makes the ledger of a stopped machine that of a cluster of this machine.",
        "The configuration has the section `cluster`, with this machine alone in `nodes`. Prints",
        "the id of the cluster, which machines need that join it. If it is interrupted, repeat it;",
        "the gateway does not start before. Backups made before can be restored only to a machine",
        "alone."
      },
      mixinStandardHelpOptions = true)
  static final class Init extends PrintingCommand {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    @Override
    protected void run() {
      String id = new ClusterOfOne(config, InstantSource.system()).begin();
      print("the ledger is that of a cluster of this machine");
      print("id           " + id);
      print("backups      made before can be restored only to a machine alone");
      print("then         start the gateway, make a backup, and remove data/ledger-before-" + id);
    }
  }

  /** Makes the ledger of a cluster's last machine that of a machine alone. */
  @Command(
      name = "end",
      description = {
        "Makes the ledger of a cluster's last machine, which is stopped, that of a machine alone.",
        "First remove the other machines with `entente cluster remove`. The configuration still",
        "has the section `cluster`, with this machine alone in `nodes`; remove it afterwards. If",
        "the command is interrupted, repeat it; the gateway does not start before."
      },
      mixinStandardHelpOptions = true)
  static final class End extends PrintingCommand {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    @Override
    protected void run() {
      new ClusterOfOne(config, InstantSource.system()).end();
      print("the ledger is that of a machine alone");
      print("then         remove the section `cluster`, start the gateway, and make a backup");
      print("             remove data/copy-of-… after that");
    }
  }

  /** Shows what a machine knows of its cluster. */
  @Command(
      name = "status",
      description = {
        "Shows who leads, and how far each machine has got, as this machine knows it.",
        "Asks the gateway's admin port, so it works on every machine, and without a leader. Only"
            + " the",
        "leader hears all machines and knows whose keys are confirmed.",
        "The exit code is 1 if this machine knows of no leader."
      },
      mixinStandardHelpOptions = true)
  static final class Status extends PrintingCommand {
    private static final int OK = 200;

    @Mixin private AdminPortOptions node = new AdminPortOptions();

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    protected void run() {
      ClusterState state = state();
      if (json) {
        out().println(JsonText.of(state));
      } else {
        printText(state);
      }
      failUnless(!state.getLeader().isEmpty());
    }

    private ClusterState state() {
      AdminPort.Answer answer = node.subject().cluster();
      if (answer.status() != OK) {
        throw new CommandFailure("listen.admin: " + answer.body().strip());
      }
      ClusterState.Builder state = ClusterState.newBuilder();
      try {
        JsonFormat.parser().ignoringUnknownFields().merge(answer.body(), state);
      } catch (InvalidProtocolBufferException e) {
        throw new CommandFailure(
            "listen.admin: found no state of a cluster; is this a gateway's admin port?", e);
      }
      return state.build();
    }

    private void printText(ClusterState state) {
      print(
          "%s %s, term %d, %d commits applied"
              .formatted(state.getNode(), role(state), state.getTerm(), state.getCommits()));
      TextTable.lines(
              List.of("machine", "address", "lead", "entries behind", "heard", "keys"),
              state.getMachinesList().stream().map(one -> row(state, one)).toList())
          .forEach(this::print);
      state.getNotesList().forEach(this::print);
    }

    private static List<String> row(ClusterState state, ClusterMachine one) {
      return List.of(
          one.getNode(),
          one.getAddress(),
          one.getNode().equals(state.getLeader()) ? "leads" : "",
          Long.toString(one.getBehind()),
          heard(state, one),
          keys(one));
    }

    private static String role(ClusterState state) {
      return switch (state.getRole()) {
        case CLUSTER_ROLE_LEADER -> state.getServes() ? "leads" : "leads, and does not serve yet";
        case CLUSTER_ROLE_FOLLOWER -> "follows " + state.getLeader();
        case CLUSTER_ROLE_CANDIDATE -> "knows of no leader";
        default -> "has left the cluster";
      };
    }

    private static String heard(ClusterState state, ClusterMachine one) {
      if (one.getNode().equals(state.getNode())) {
        return "this machine";
      }
      return one.hasSilentMs()
          ? String.format(Locale.ROOT, "%.1f s ago", one.getSilentMs() / 1e3)
          : "";
    }

    private static String keys(ClusterMachine one) {
      if (!one.hasKeysConfirmed()) {
        return "";
      }
      return one.getKeysConfirmed() ? "confirmed" : "not confirmed";
    }
  }

  /** A person's call about one machine. */
  private abstract static class MachineCall extends ClientCall {
    @Mixin private PersonOptions person = new PersonOptions();

    final OnBehalfOf person() {
      return person.named();
    }

    static ClusterBlockingStub cluster(ManagedChannel channel) {
      return ClusterGrpc.newBlockingStub(channel);
    }

    /** Begins a change of the machines, unless it was made before. */
    final void change(
        ManagedChannel channel, ChangeMachinesRequest.Builder change, String made, String begun) {
      ChangeMachinesResponse answer =
          cluster(channel).changeMachines(change.setOnBehalfOf(person()).build());
      tell(
          answer,
          answer.getBefore()
              ? made + "; nothing changed"
              : begun + ": see `entente cluster status`");
    }
  }

  /** Passes the lead. */
  @Command(
      name = "transfer",
      description = {
        "Passes the lead to another machine, such as before work on the one that leads.",
        "All open calls end, and clients and peers find the next leader. The command ends when the"
            + " audit",
        "log has it; `entente cluster status` shows the leader. The client needs the scope"
            + " `operator`."
      },
      mixinStandardHelpOptions = true)
  static final class Transfer extends MachineCall {
    @Parameters(
        index = "0",
        paramLabel = "NODE",
        description = "name of the next leader in cluster.nodes")
    private String node = "";

    @Override
    public void with(ManagedChannel channel) {
      TransferLeadResponse answer =
          cluster(channel)
              .transferLead(
                  TransferLeadRequest.newBuilder().setNode(node).setOnBehalfOf(person()).build());
      tell(
          answer,
          answer.getBefore() ? node + " leads; nothing changed" : "the lead passes to " + node);
    }
  }

  /** Adds a machine. */
  @Command(
      name = "add",
      description = {
        "Adds a new machine to the cluster.",
        "It runs with `cluster.join: true`, the `cluster.id` that `cluster init` printed, and",
        "empty folders. It gets the keys and a copy of the ledger, and counts once it has both:",
        "`entente cluster status` shows when. The command ends when the audit log has it. If the",
        "leader is lost meanwhile, repeat it. The client needs the scope `operator`."
      },
      mixinStandardHelpOptions = true)
  static final class Add extends MachineCall {
    @RequestField("new_node")
    @Parameters(
        index = "0",
        paramLabel = "NODE",
        description = "name of the new machine, which none of this cluster has had")
    private String node = "";

    @Option(
        names = "--address",
        required = true,
        paramLabel = "HOST:PORT",
        description = "where the new machine listens for the others: its address in cluster.nodes")
    private String address = "";

    @Override
    public void with(ManagedChannel channel) {
      change(
          channel,
          ChangeMachinesRequest.newBuilder().setJoins(node).setAddress(address),
          node + " is a machine of the cluster",
          node + " is about to join the cluster");
    }
  }

  /** Removes a machine. */
  @Command(
      name = "remove",
      description = {
        "Removes a machine from the cluster, whether it runs or not. It must not be the leader.",
        "Refused if too few of the other machines answer. The command ends when the audit log has",
        "it. Erasures wait until the keystore of that machine is attested as destroyed:",
        "`entente cluster attest-destroyed`. The client needs the scope `operator`."
      },
      mixinStandardHelpOptions = true)
  static final class Remove extends MachineCall {
    @Parameters(index = "0", paramLabel = "NODE", description = "name of the machine that leaves")
    private String node = "";

    @Override
    public void with(ManagedChannel channel) {
      change(
          channel,
          ChangeMachinesRequest.newBuilder().setLeaves(node),
          node + " has left the cluster",
          node + " is about to leave the cluster");
    }
  }

  /** Replaces a machine. */
  @Command(
      name = "replace",
      description = {
        "Puts a new machine into the place of one that is lost, or that is to leave.",
        "The new one runs with `cluster.join: true` and empty folders. It gets the keys and a copy"
            + " of the",
        "ledger, and counts once it has both: `entente cluster status` shows when. The command ends"
            + " when the",
        "audit log has it. If the leader is lost meanwhile, repeat it. The client needs the scope"
            + " `operator`."
      },
      mixinStandardHelpOptions = true)
  static final class Replace extends MachineCall {
    @RequestField("node")
    @Parameters(index = "0", paramLabel = "OLD", description = "name of the machine that leaves")
    private String old = "";

    @RequestField("new_node")
    @Parameters(
        index = "1",
        paramLabel = "NEW",
        description = "name of the new machine, which none of this cluster has had")
    private String node = "";

    @Option(
        names = "--address",
        required = true,
        paramLabel = "HOST:PORT",
        description = "where the new machine listens for the others: its address in cluster.nodes")
    private String address = "";

    @Override
    public void with(ManagedChannel channel) {
      change(
          channel,
          ChangeMachinesRequest.newBuilder().setLeaves(old).setJoins(node).setAddress(address),
          node + " has taken the place of " + old,
          node + " is about to take the place of " + old);
    }
  }

  /** States that the keystore of a former machine is destroyed. */
  @Command(
      name = "attest-destroyed",
      description = {
        "States that the keystore of a machine that left the cluster is destroyed, or its disk.",
        "Erasures waited for that machine. Once two officers have stated it, they are confirmed,"
            + " and their",
        "evidence says that it is attested. Both give this command, through two clients with the"
            + " scope",
        "`operator`. The audit log has both. The first statement counts for seven days."
      },
      mixinStandardHelpOptions = true)
  static final class AttestDestroyed extends MachineCall {
    @Parameters(
        index = "0",
        paramLabel = "NODE",
        description = "name of the machine that left the cluster")
    private String node = "";

    @Override
    public void with(ManagedChannel channel) {
      AttestDestroyedResponse answer =
          cluster(channel)
              .attestDestroyed(
                  AttestDestroyedRequest.newBuilder()
                      .setNode(node)
                      .setOnBehalfOf(person())
                      .build());
      String first =
          "officer %s, through client %s at %s"
              .formatted(
                  answer.getFirstOfficer(),
                  answer.getFirstClient(),
                  Instant.ofEpochMilli(answer.getFirstAtMs()));
      tell(
          answer,
          answer.getAttested()
              ? "two officers attest that the keystore of %s is destroyed; the first was %s"
                  .formatted(node, first)
              : "recorded of %s; another officer must state the same of %s, within seven days"
                  .formatted(first, node));
    }
  }
}
