"""Pages of planning: what the public reads (`public`) and where needs are decided (`desk`)."""
