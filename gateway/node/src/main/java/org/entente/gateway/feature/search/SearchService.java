package org.entente.gateway.feature.search;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.deliver.MessageOpening;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.rpc.server.RequestFields;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.RelatedResponse;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;

/** The Search service over {@link MessageSearch}. */
final class SearchService implements BindableService {
  private final MessageSearch searching;
  private final MessageOpening opening;
  private final KnownNames names;

  SearchService(MessageSearch searching, MessageOpening opening, KnownNames names) {
    this.searching = searching;
    this.opening = opening;
    this.names = names;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(SearchGrpc.getServiceDescriptor())
        .unary(
            SearchGrpc.getSearchMethod(),
            Scope.SEARCH,
            CallCost.SEARCH,
            DiskUse.DEFERRABLE,
            this::search)
        .unary(
            SearchGrpc.getOpenMethod(), Scope.SEARCH, CallCost.READ, DiskUse.DEFERRABLE, this::open)
        .unary(
            SearchGrpc.getRelatedMethod(),
            Scope.SEARCH,
            CallCost.SEARCH,
            DiskUse.DEFERRABLE,
            this::related)
        .build();
  }

  private SearchResponse search(Identified caller, SearchRequest request) {
    StatusMapper.refuse(names.filter("filter", request.getFilter()));
    return StatusMapper.value(searching.search(caller.name(), request));
  }

  private OpenResponse open(Identified caller, OpenRequest request) {
    MessageId id = RequestFields.id("message_id", request.getMessageId());
    return StatusMapper.value(opening.open(caller.name(), id, request));
  }

  private RelatedResponse related(Identified caller, RelatedRequest request) {
    MessageId id = RequestFields.id("message_id", request.getMessageId());
    return StatusMapper.value(searching.related(caller.name(), id, request));
  }
}
