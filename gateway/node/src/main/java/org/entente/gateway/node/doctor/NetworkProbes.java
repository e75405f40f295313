package org.entente.gateway.node.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.trust.Endpoint;
import org.entente.gateway.trust.Member;

/** Probes of a node's addresses and of the way to its peers. */
final class NetworkProbes {
  private static final int CONNECT_MILLIS = 3_000;

  /** Connections made at a time. */
  private static final int AT_A_TIME = 64;

  private NetworkProbes() {}

  /** The addresses to listen on, by their fields, without those whose port is free to choose. */
  private static Map<String, InetSocketAddress> listened(DoctorSubject subject) {
    NodeConfig.Listen listen = subject.config().listen();
    Map<String, InetSocketAddress> all = new LinkedHashMap<>();
    all.put("listen.clients", ConfiguredFiles.address("listen.clients", listen.clients()));
    String peers = listen.peers();
    if (peers != null) {
      all.put("listen.peers", ConfiguredFiles.address("listen.peers", peers));
    }
    all.put("listen.admin", ConfiguredFiles.address("listen.admin", listen.admin()));
    all.values().removeIf(at -> at.getPort() == 0);
    return all;
  }

  /**
   * Addresses at which a program answers. Only connects: a port that is taken to try it would stop
   * a gateway that starts at that moment.
   */
  static List<String> takenPorts(DoctorSubject subject) {
    List<String> faults = new ArrayList<>();
    listened(subject)
        .forEach(
            (field, at) -> {
              if (silence(field, at).isEmpty()) {
                faults.add(
                    "%s: another program listens on %s:%d"
                        .formatted(field, at.getHostString(), at.getPort()));
              }
            });
    return faults;
  }

  /** Addresses on which this user may not listen, or a silent program does. */
  static List<String> refusedPorts(DoctorSubject subject) {
    List<String> faults = new ArrayList<>();
    listened(subject)
        .forEach(
            (field, at) -> {
              try (ServerSocket socket = new ServerSocket()) {
                socket.bind(at, 1);
              } catch (IOException e) {
                faults.add(
                    "%s: cannot listen on %s:%d: %s"
                        .formatted(
                            field, at.getHostString(), at.getPort(), FileErrorText.words(e)));
              }
            });
    return faults;
  }

  /** The addresses of each peer that this node dials, by the field that names them. */
  private static Map<String, List<InetSocketAddress>> dialled(DoctorSubject subject) {
    Map<String, List<InetSocketAddress>> dialled = new LinkedHashMap<>();
    for (NodeConfig.Link link : subject.config().links()) {
      if (!link.dial().isEmpty()) {
        String field = "links: " + link.peer() + ": dial";
        dialled.put(
            field, link.dial().stream().map(dial -> ConfiguredFiles.address(field, dial)).toList());
      }
    }
    return dialled;
  }

  static List<String> unknownNames(DoctorSubject subject) {
    List<String> faults = new ArrayList<>();
    dialled(subject)
        .forEach(
            (field, all) ->
                all.stream()
                    .filter(InetSocketAddress::isUnresolved)
                    .map(at -> field + ": the name " + at.getHostString() + " has no address")
                    .forEach(faults::add));
    return faults;
  }

  /** Peers none of whose addresses accepts a TCP connection from here. */
  static List<String> silentPeers(DoctorSubject subject) {
    List<Callable<Optional<String>>> calls = new ArrayList<>();
    dialled(subject).forEach((field, all) -> calls.add(() -> silence(field, all)));
    ExecutorService callers = Executors.newFixedThreadPool(AT_A_TIME);
    try {
      List<String> faults = new ArrayList<>();
      for (Future<Optional<String>> call : callers.invokeAll(calls)) {
        call.get().ifPresent(faults::add);
      }
      return faults;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of("interrupted before all peers were tried");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      callers.shutdownNow();
    }
  }

  /** One address that answers is enough: of a replicated gateway's nodes only one need listen. */
  private static Optional<String> silence(String field, List<InetSocketAddress> all) {
    List<String> silent = new ArrayList<>();
    for (InetSocketAddress at : all) {
      Optional<String> silence = silence(field, at);
      if (silence.isEmpty()) {
        return Optional.empty();
      }
      silent.add(silence.get());
    }
    return Optional.of(String.join("; ", silent));
  }

  private static Optional<String> silence(String field, InetSocketAddress at) {
    try (Socket socket = new Socket()) {
      socket.connect(at, CONNECT_MILLIS);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "%s: nothing answers at %s:%d: %s"
              .formatted(field, at.getHostString(), at.getPort(), FileErrorText.words(e)));
    }
  }

  /** Peers that this node does not dial, though they cannot dial it. */
  static List<String> unreachablePeers(DoctorSubject subject) {
    if (subject.config().listen().peers() != null) {
      return List.of();
    }
    return subject.config().links().stream()
        .filter(link -> link.dial().isEmpty())
        .map(
            link ->
                "links: %s has no dial, and there is no listen.peers: neither end can call the other"
                    .formatted(link.peer()))
        .toList();
  }

  /**
   * Whether the endpoints of this agency in the trust bundle lead here. An address of another
   * machine may be translated to one of this machine; nothing is said of it.
   */
  static List<String> strayEndpoints(DoctorSubject subject) throws IOException {
    List<Endpoint> endpoints =
        subject
            .bundle()
            .agency(new AgencyName(subject.config().agency()))
            .map(Member::endpoints)
            .orElse(List.of());
    List<String> faults = new ArrayList<>();
    boolean allHere = true;
    for (Endpoint endpoint : endpoints) {
      try {
        allHere &= isOfThisMachine(InetAddress.getByName(endpoint.host()));
      } catch (UnknownHostException e) {
        allHere = false;
        faults.add("trust.bundle: the name of this agency's endpoint " + endpoint + " is unknown");
      }
    }
    int port = peerPort(subject.config());
    if (allHere
        && !endpoints.isEmpty()
        && port != 0
        && endpoints.stream().noneMatch(it -> it.port() == port)) {
      faults.add(
          "trust.bundle: the endpoints of this agency are %s, and listen.peers has port %d"
              .formatted(endpoints, port));
    }
    return faults;
  }

  private static boolean isOfThisMachine(InetAddress address) throws IOException {
    return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
  }

  /** The port for peers; 0 if it is free to choose, or there is none. */
  private static int peerPort(NodeConfig config) {
    String peers = config.listen().peers();
    return peers == null ? 0 : ConfiguredFiles.address("listen.peers", peers).getPort();
  }
}
